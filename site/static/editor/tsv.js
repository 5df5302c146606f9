/** SPARQL 1.1 Query Results TSV: rows of terms in Turtle's notation, read while they come. */

const ESCAPES = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f" };
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A term: `kind` is iri, blank or literal; `number` when a value is one. Null for an unbound variable. */
export function readTerm(cell) {
  if (cell === "") return null;
  if (cell.startsWith("<")) return { kind: "iri", value: unescape(cell.slice(1, -1)) };
  if (cell.startsWith("_:")) return { kind: "blank", value: cell };
  if (!cell.startsWith('"')) return { kind: "literal", value: cell, number: asNumber(cell) };
  const end = cell.lastIndexOf('"');
  const value = unescape(cell.slice(1, end));
  const rest = cell.slice(end + 1);
  if (rest.startsWith("@")) return { kind: "literal", value, language: rest.slice(1) };
  return { kind: "literal", value, number: rest ? asNumber(value) : undefined };
}

/**
 * The answer that a response streams: `columns` and at most `most` `rows`; `more` when there were others (then
 * the stream is cancelled), `broken` when it ended before its time. An ASK has only `truth`.
 */
export async function readTable(response, most) {
  const found = { columns: null, rows: [], more: false, broken: false, truth: undefined };
  for await (const line of lines(response, found)) {
    if (found.columns === null) {
      if (line === "true" || line === "false") return { ...found, truth: line === "true" };
      found.columns = line === "" ? [] : line.split("\t").map((name) => name.replace(/^\?/, ""));
    } else if (found.rows.length === most) {
      found.more = true;
      break;
    } else {
      found.rows.push(found.columns.length ? line.split("\t").map(readTerm) : []);
    }
  }
  return found;
}

/** The first `most` characters of a response; `more` and `broken` as above. */
export async function readText(response, most) {
  const found = { text: "", more: false, broken: false };
  for await (const piece of pieces(response, found)) {
    found.text += piece;
    if (found.text.length > most) {
      found.more = true;
      found.text = found.text.slice(0, found.text.lastIndexOf("\n", most) + 1);
      break;
    }
  }
  return found;
}

async function* lines(response, found) {
  let held = "";
  for await (const piece of pieces(response, found)) {
    const parts = (held + piece).split("\n");
    held = parts.pop();
    yield* parts.map((part) => part.replace(/\r$/, ""));
  }
  if (held !== "" && !found.broken) yield held;
}

async function* pieces(response, found) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (error.name === "AbortError") throw error;
    found.broken = true;
  } finally {
    reader.cancel().catch(() => {});
  }
}

function asNumber(text) {
  return NUMBER.test(text) ? Number(text) : undefined;
}

function unescape(text) {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/gs, (_, short, long, one) =>
    short || long ? String.fromCodePoint(parseInt(short || long, 16)) : (ESCAPES[one] ?? one),
  );
}
