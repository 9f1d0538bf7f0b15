"use strict";

const place = document.getElementById("explorer");

async function exampleQueries() {
  const answer = await fetch("/explorer/examples.json");
  if (!answer.ok) {
    throw new Error(`the example queries could not be read: HTTP ${answer.status}`);
  }
  return answer.json();
}

async function execute(params, options) {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json;q=0.9",
      ...(options?.headers ?? {}),
    },
    body: JSON.stringify(params),
  });
  return answer.json();
}

// Tabs are remembered for these examples only, so that new examples show and old tabs do not hide them.
function storageFor(examples) {
  let digest = 5381;
  for (const character of JSON.stringify(examples)) {
    digest = (digest * 33 + character.codePointAt(0)) >>> 0;
  }
  const prefix = `orderweave-explorer-${digest}:`;
  const ours = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  return {
    getItem: (key) => localStorage.getItem(prefix + key),
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
    removeItem: (key) => localStorage.removeItem(prefix + key),
    clear: () => ours().forEach((key) => localStorage.removeItem(key)),
    get length() {
      return ours().length;
    },
  };
}

function tabOf(example) {
  return {
    query: `# ${example.name}\n${example.query}`,
    variables: JSON.stringify(example.variables ?? {}, null, 2),
    headers: null,
  };
}

// GraphiQL starts with what it remembers of its editors, and not with the first tab's variables.
function rememberFirst(storage, tabs) {
  if (storage.length === 0 && tabs.length > 0) {
    storage.setItem("graphiql:query", tabs[0].query);
    storage.setItem("graphiql:variables", tabs[0].variables);
  }
}

function mount(examples) {
  const storage = storageFor(examples);
  const tabs = examples.map(tabOf);
  rememberFirst(storage, tabs);
  const explorer = React.createElement(
    GraphiQL,
    {
      fetcher: execute,
      defaultTabs: tabs.length > 0 ? tabs : undefined,
      storage,
      shouldPersistHeaders: false,
    },
    React.createElement(GraphiQL.Logo, null, "Orderweave"),
  );
  ReactDOM.createRoot(place).render(explorer);
}

function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

// The examples can be read and copied even where the explorer's scripts cannot be had.
function mountPlain(examples) {
  const plain = element(
    "section",
    element("h1", "Orderweave"),
    element("p", "The explorer's scripts could not be loaded. Send these queries to /graphql:"),
    ...examples.map((example) =>
      element("details", element("summary", example.name), element("pre", example.query, "\n", JSON.stringify(example.variables ?? {}))),
    ),
  );
  plain.className = "plain";
  place.replaceChildren(plain);
}

function report(problem) {
  const note = document.getElementById("note");
  note.append(` ${problem.message}`);
  note.hidden = false;
}

exampleQueries()
  .catch((problem) => {
    report(problem);
    return [];
  })
  .then((examples) => (window.React && window.ReactDOM && window.GraphiQL ? mount(examples) : mountPlain(examples)))
  .catch(report)
  .finally(() => place.removeAttribute("aria-busy"));
