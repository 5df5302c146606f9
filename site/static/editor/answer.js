/** What is shown of an answer: a table whose columns sort, a truth, the beginning of a graph, or a refusal. */

/** An element with properties and children; children that are null are left out. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A table of the rows (see tsv.js); `vocabulary` writes and links the terms. */
export function table(found, vocabulary, texts, caption) {
  const body = element("tbody");
  const fill = (rows) => body.replaceChildren(...rows.map((row) => line(row, vocabulary)));
  const heads = found.columns.map((name, at) => {
    const button = element("button", { type: "button", className: "sort" }, name);
    button.setAttribute("aria-label", texts.editor_sort.replace("{column}", name));
    const head = element("th", { scope: "col" }, button);
    button.addEventListener("click", () => {
      const falling = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      fill(sorted(found.rows, at, falling));
    });
    return head;
  });
  fill(found.rows);
  const shown = element("table", {}, element("caption", {}, caption), element("thead", {}, element("tr", {}, ...heads)), body);
  return region("scroll", caption, shown);
}

/** Text that may be long, in a region that scrolls. */
export function preformatted(text, label) {
  return region("scroll", label, element("pre", {}, element("code", {}, text)));
}

/** A refusal (RFC 9457); `open` is called with a query that would be accepted, where the server names one. */
export function refusal(problem, texts, open) {
  const shown = element("div", { className: "refusal" }, element("p", {}, element("strong", {}, problem.title ?? "")));
  shown.setAttribute("role", "alert");
  if (problem.detail) shown.append(element("p", { lang: "en" }, problem.detail));
  if (problem.help) shown.append(element("p", {}, problem.help));
  if (typeof problem.rewrite === "string" && problem.rewrite) {
    shown.append(element("pre", {}, element("code", {}, problem.rewrite)));
    const button = element("button", { type: "button", className: "second" }, texts.editor_rewrite);
    button.addEventListener("click", () => open(problem.rewrite));
    if (!problem.rewrite.startsWith("curl ")) shown.append(button);
  }
  return shown;
}

function region(className, label, child) {
  const shown = element("div", { className, tabIndex: 0 }, child);
  shown.setAttribute("role", "region");
  shown.setAttribute("aria-label", label);
  return shown;
}

function line(row, vocabulary) {
  return element("tr", {}, ...row.map((term) => cell(term, vocabulary)));
}

function cell(term, vocabulary) {
  if (term === null) return element("td", { className: "muted" }, "–");
  if (term.kind === "iri") {
    const href = vocabulary.href(term.value);
    const name = vocabulary.compact(term.value);
    return element("td", {}, href ? element("a", { href, title: term.value, rel: "noopener" }, name) : name);
  }
  if (!term.language) return element("td", { className: term.number === undefined ? "" : "number" }, term.value);
  const tag = element("span", { className: "tag" }, ` ${term.language}`);
  return element("td", {}, element("span", { lang: term.language }, term.value), tag);
}

function sorted(rows, at, falling) {
  const sign = falling ? -1 : 1;
  const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  return [...rows].sort(({ [at]: one }, { [at]: other }) => {
    if (!one || !other) return Number(!one) - Number(!other);
    if (one.number !== undefined && other.number !== undefined) return sign * (one.number - other.number);
    return sign * compare(one.value, other.value);
  });
}
