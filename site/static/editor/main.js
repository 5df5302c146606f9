/** The page /sparql with a script: an editor, the answer on the same page, the query as a link and as programs. */

import { element, preformatted, refusal, table } from "./answer.js";
import { codeArea, insert } from "./codearea.js";
import { snippets } from "./snippets.js";
import { readTable, readText } from "./tsv.js";
import { Vocabulary } from "./vocabulary.js";

const MOST_ROWS = 1000;
const MOST_CHARACTERS = 200_000;
// Longer addresses are refused by some proxies; such a query is posted.
const LONGEST_ADDRESS = 6000;
const TOO_LATE = 504;
const ACCEPT_OF_JOB = "text/csv, text/turtle;q=0.9, application/problem+json;q=0.1";
const ACCEPT = "text/tab-separated-values, text/turtle;q=0.9, application/problem+json;q=0.1";

const at = (id) => document.getElementById(id);
const texts = JSON.parse(at("texts").textContent);
const language = document.documentElement.lang;
const endpoint = new URL("sparql", document.baseURI).href;
const area = at("query");

const told = await (await fetch("terms.json")).json();
const vocabulary = new Vocabulary(told, language, new URL(".", document.baseURI).href);
const editor = codeArea(area, vocabulary, {
  label: document.querySelector("label[for=query]").textContent,
  describedBy: "fault keys limits",
  run: () => run(),
  fault: (line) => {
    at("fault").textContent = line === null ? "" : texts.editor_fault.replace("{line}", line);
  },
});

let running = null;

async function run() {
  running?.abort();
  const mine = (running = new AbortController());
  const place = answerPlace();
  const status = element("p", { className: "muted" }, texts.editor_running);
  status.setAttribute("role", "status");
  place.replaceChildren(place.firstElementChild, status);
  at("cancel").hidden = false;
  history.replaceState(null, "", at("permalink").href);
  try {
    const response = await ask(area.value, mine.signal);
    const shown = response.ok ? await answered(response, status) : refused(await problem(response), status);
    if (running === mine) place.append(shown);
  } catch (error) {
    status.textContent = error.name === "AbortError" ? texts.editor_stopped : texts.editor_unreachable;
  } finally {
    if (running === mine) at("cancel").hidden = true;
  }
}

function ask(query, signal) {
  const address = `${endpoint}?${new URLSearchParams({ query })}`;
  const headers = { Accept: ACCEPT, "Accept-Language": language };
  if (address.length <= LONGEST_ADDRESS) return fetch(address, { headers, signal });
  return fetch(endpoint, { method: "POST", body: new URLSearchParams({ query }), headers, signal });
}

async function answered(response, status) {
  const isTable = response.headers.get("Content-Type").startsWith("text/tab-separated-values");
  const found = isTable ? await readTable(response, MOST_ROWS) : await readText(response, MOST_CHARACTERS);
  status.textContent = summary(response, found);
  if (found.truth !== undefined) return element("p", {}, element("strong", {}, found.truth ? texts.editor_true : texts.editor_false));
  const caption = at("answer-title").textContent;
  if (isTable ? !found.rows.length : !found.text) return element("p", {}, texts.query_nothing);
  return isTable ? table(found, vocabulary, texts, caption) : preformatted(found.text, caption);
}

function summary(response, found) {
  const seconds = response.headers.get("Kamara-Seconds");
  const version = response.headers.get("Kamara-Version");
  return [
    found.rows && found.truth === undefined && !found.more && texts.editor_rows.replace("{rows}", found.rows.length),
    found.rows && found.more && texts.editor_first.replace("{rows}", found.rows.length),
    !found.rows && found.more && texts.editor_beginning,
    found.broken && texts.editor_broken,
    seconds && texts.editor_seconds.replace("{seconds}", seconds),
    version && texts.editor_version.replace("{version}", version),
  ]
    .filter(Boolean)
    .join(" · ");
}

async function problem(response) {
  try {
    return await response.json();
  } catch {
    return { title: `HTTP ${response.status}` };
  }
}

function refused(found, status) {
  status.textContent = "";
  const shown = refusal(found, texts, (query) => editor.setValue(query));
  if (found.status === TOO_LATE) {
    const button = element("button", { type: "button", className: "second" }, texts.editor_job);
    button.addEventListener("click", () => sendAsJob(shown, status));
    shown.append(button);
  }
  return shown;
}

/** Send the query as a job (RFC 7240, `respond-async`) and go to the job's page. */
async function sendAsJob(shown, status) {
  const headers = { Accept: ACCEPT_OF_JOB, "Accept-Language": language, Prefer: "respond-async" };
  const body = new URLSearchParams({ query: area.value });
  const response = await fetch(endpoint, { method: "POST", body, headers });
  if (response.status === 202) location.assign(new URL(response.headers.get("Location"), endpoint));
  else if (!response.ok) shown.replaceWith(refused(await problem(response), status));
}

/** The section of the answer, empty but for its heading. */
function answerPlace() {
  const place = at("answer");
  place.hidden = false;
  place.replaceChildren(at("answer-title"));
  return place;
}

function showUses() {
  const query = area.value;
  at("permalink").href = `${location.pathname.replace(/sparql$/, `sparql.${language}.html`)}?${new URLSearchParams({ query })}`;
  const programs = snippets(endpoint, query, editor.getQueryType());
  for (const [name, text] of Object.entries(programs)) at(`as-${name}`).textContent = text;
}

async function copy(id) {
  const source = at(id);
  const text = id === "permalink" ? source.href : source.textContent;
  try {
    await navigator.clipboard.writeText(text);
    at("copied").textContent = texts.editor_copied;
  } catch {
    // Without https there is no clipboard for scripts.
    source.closest("details")?.setAttribute("open", "");
    getSelection().selectAllChildren(source);
    at("copied").textContent = texts.editor_selected;
  }
}

async function openExample(name) {
  const response = await fetch(`example/${name}.rq`, { headers: { "Accept-Language": language } });
  if (response.ok) editor.setValue(await response.text());
  editor.focus();
}

/** Let each listed term be written into the query. */
function offerTerms() {
  for (const code of document.querySelectorAll("[data-terms] code")) {
    const button = element("button", { type: "button", className: "term" });
    code.before(button);
    button.append(code);
    button.addEventListener("click", () => insert(editor, code.textContent, vocabulary));
  }
}

at("ask").addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  run();
});
at("examples").addEventListener("submit", (event) => {
  event.preventDefault();
  openExample(at("example").value);
});
at("cancel").addEventListener("click", () => running?.abort());
document.querySelector("label[for=query]").addEventListener("click", () => editor.focus());
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copy(button.dataset.copy));
}
area.addEventListener("input", showUses);
offerTerms();
showUses();
at("use").hidden = false;
at("keys").hidden = false;
document.documentElement.dataset.editor = "ready";
