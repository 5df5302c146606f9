/** The query as a command of curl, and as a program in Python and R, that a person can run as it stands. */

const ACCEPT = { SELECT: "text/csv", ASK: "text/csv", CONSTRUCT: "text/turtle", DESCRIBE: "text/turtle" };

/** Programs by name for the address of the endpoint, the query's text and its form. */
export function snippets(endpoint, query, form) {
  const accept = ACCEPT[form] ?? ACCEPT.SELECT;
  return {
    curl: curl(endpoint, query, accept),
    python: python(endpoint, query, form, accept),
    r: r(endpoint, query, form, accept),
  };
}

function curl(endpoint, query, accept) {
  return `curl -fsS ${shell(endpoint)} -H ${shell(`Accept: ${accept}`)} \\
  --data-urlencode ${shell(`query=${query}`)}
`;
}

const PYTHON = {
  SELECT: ["import pandas\n\n", "    table = pandas.read_csv(answer)\nprint(table)\n"],
  ASK: ["", '    print(answer.read().decode() == "true")\n'],
  CONSTRUCT: ["import rdflib\n\n", '    graph = rdflib.Graph().parse(answer, format="turtle")\nprint(len(graph))\n'],
};

function python(endpoint, query, form, accept) {
  const [library, reading] = PYTHON[form] ?? (accept === "text/turtle" ? PYTHON.CONSTRUCT : PYTHON.SELECT);
  const text = query.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `from urllib.parse import urlencode
from urllib.request import Request, urlopen

${library}query = """${text}"""
request = Request("${endpoint}", urlencode({"query": query}).encode(), {"Accept": "${accept}"})
with urlopen(request) as answer:
${reading}`;
}

const R = {
  SELECT: "table <- read.csv(text = text, check.names = FALSE)\nprint(table)\n",
  ASK: 'print(text == "true")\n',
  CONSTRUCT: "cat(text)\n",
};

function r(endpoint, query, form, accept) {
  const text = query.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `library(httr)

query <- "${text}"
answer <- POST("${endpoint}", body = list(query = query), encode = "form", accept("${accept}"))
stop_for_status(answer)
text <- content(answer, "text", encoding = "UTF-8")
${R[form] ?? (accept === "text/turtle" ? R.CONSTRUCT : R.SELECT)}`;
}

function shell(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
