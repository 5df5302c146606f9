/** The editor: Yasqe in the place of the textarea, with the city's terms, in the page's language. */

const PAUSE = 300;

/**
 * Put the editor in the place of `area`, whose value follows it. `run` is called for Ctrl+Enter,
 * `fault` with the number of the first line that is no SPARQL, or null.
 */
export function codeArea(area, vocabulary, { label, describedBy, run, fault }) {
  offer(vocabulary);
  const place = document.createElement("div");
  area.before(place);
  const editor = new Yasqe(place, {
    value: area.value,
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: null,
    showQueryButton: false,
    syntaxErrorCheck: false,
    resizeable: false,
    editorHeight: "20rem",
    inputStyle: "contenteditable",
    screenReaderLabel: label,
    autocompleters: ["prefixes", "variables", "class", "property"],
    gutters: ["CodeMirror-linenumbers", "CodeMirror-foldgutter"],
    // Tab must leave the editor: else the keyboard is caught in it.
    extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-Enter": run, "Cmd-Enter": run, "Ctrl-S": false },
  });
  editor.showNotification = () => {};
  const input = editor.getInputField();
  input.setAttribute("role", "textbox");
  input.setAttribute("aria-multiline", "true");
  input.setAttribute("aria-describedby", describedBy);
  area.hidden = true;
  area.required = false;
  follow(editor, area, fault);
  return editor;
}

/** Write a term at the cursor, its prefix declared. */
export function insert(editor, term, vocabulary) {
  editor.operation(() => {
    editor.getDoc().replaceSelection(term);
    declare(editor, term, vocabulary);
  });
  editor.focus();
}

function follow(editor, area, fault) {
  let waiting;
  const look = () => fault(firstFault(editor));
  editor.on("changes", () => {
    area.value = editor.getValue();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  });
  look();
}

function firstFault(editor) {
  const doc = editor.getDoc();
  for (let line = 0; line < doc.lineCount(); line += 1) {
    const token = editor.getTokenAt({ line, ch: doc.getLine(line).length }, true);
    if (token.state.OK === false) return line + 1;
  }
  return null;
}

/** Let completion offer the vocabulary in the place of what Yasqe asks other servers for. */
function offer(vocabulary) {
  const { prefixes } = vocabulary;
  const own = { ...Yasqe.Autocompleters };
  Yasqe.registerAutocompleter({
    ...own.prefixes,
    persistenceId: null,
    get: Object.keys(prefixes).map((prefix) => `${prefix}: <${prefixes[prefix]}>`),
  });
  for (const kind of ["class", "property"]) {
    Yasqe.registerAutocompleter({
      ...own[kind],
      isValidCompletionPosition: (editor) => fits(editor, kind, own[kind]),
      preProcessToken: (editor, token) => typed(editor, token, own[kind]),
      get: (_, token) => vocabulary.find(kind, token?.autocompletionString ?? ""),
      postProcessSuggestion: (_, token, iri) => iri,
      postprocessHints: (editor, hints) => hints.map((hint) => suggestion(hint, vocabulary)),
    });
  }
}

const TYPES = ["a", "rdf:type", "rdfs:domain", "rdfs:range"];

function fits(editor, kind, own) {
  const word = foreignWord(editor);
  if (!word) return kind === "class" ? own.isValidCompletionPosition(editor) : isProperty(editor.getCompleteToken());
  const { line, start } = word;
  if (kind === "property") return editor.getTokenAt({ line, ch: start }, true).state.possibleNext.includes("a");
  return TYPES.includes(editor.getPreviousNonWsToken(line, { start }).state.lastProperty);
}

function isProperty(token) {
  return !/^[?$]/.test(token.string) && token.state.possibleCurrent.includes("a");
}

function typed(editor, token, own) {
  const word = foreignWord(editor);
  if (!word) return own.preProcessToken(editor, token);
  const { text, start, end } = word;
  return { ...token, string: text, autocompletionString: text, from: { ch: start }, to: { ch: end } };
}

/** The word before the cursor when it is not in Latin letters: Yasqe takes each of its letters for a fault. */
function foreignWord(editor) {
  const { line, ch: end } = editor.getDoc().getCursor();
  const text = /[\p{L}\p{M}\d]+$/u.exec(editor.getDoc().getLine(line).slice(0, end))?.[0] ?? "";
  return /[^\x00-\x7f]/.test(text) ? { text, line, start: end - text.length, end } : null;
}

function suggestion(hint, vocabulary) {
  const iri = hint.text;
  const compact = vocabulary.compact(iri);
  const text = compact === iri ? `<${iri}>` : compact;
  return {
    ...hint,
    text,
    displayText: `${text}  ${vocabulary.names.get(iri) ?? ""}`,
    hint: (editor, data, chosen) =>
      editor.operation(() => {
        editor.getDoc().replaceRange(text, chosen.from ?? data.from, chosen.to ?? data.to);
        declare(editor, text, vocabulary);
      }),
  };
}

function declare(editor, term, vocabulary) {
  const prefix = term.startsWith("<") ? "" : term.split(":")[0];
  const namespace = vocabulary.prefixes[prefix];
  const declared = new RegExp(`^\\s*PREFIX\\s+${prefix}:`, "im").test(editor.getValue());
  if (namespace && !declared) editor.getDoc().replaceRange(`PREFIX ${prefix}: <${namespace}>\n`, { line: 0, ch: 0 });
}
