// The fields of Create: words of the sentence lead to them, ideas and style cards fill them.
(function () {
  const openMore = () => document.body.classList.add("s-more-open");
  // What a field shows only while it has the focus would jump away from under a press that takes the focus from it.
  document.addEventListener("focusin", (event) => {
    if (event.target.closest?.("#more-body")) openMore();
    if (event.target.closest?.("#style-words")) document.body.classList.add("s-styles-open");
  });
  document.addEventListener("click", (event) => {
    const run = event.target.closest("[data-slot]");
    if (!run) return;
    if (run.dataset.slot === "style") {
      (document.querySelector(".s-sty[aria-checked=true]") ?? Studio.field("style-words")).focus();
      return;
    }
    if (["lighting", "camera"].includes(run.dataset.slot)) openMore();
    setTimeout(() => { const field = Studio.field(run.dataset.slot); field?.focus(); field?.select(); }, 60);
  });

  function choose(card) {
    for (const other of card.parentNode.children) {
      other.setAttribute("aria-checked", other === card);
      other.tabIndex = other === card ? 0 : -1;
    }
    Studio.type("style-words", card.dataset.word);
    card.focus();
  }
  document.addEventListener("click", (event) => {
    const card = event.target.closest(".s-sty");
    if (card) choose(card);
  });
  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.(".s-sty");
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!card || !step) return;
    event.preventDefault();
    document.body.classList.add("s-styles-open");
    const cards = [...card.parentNode.children];
    choose(cards[(cards.indexOf(card) + step + cards.length) % cards.length]);
  });
  Studio.settle((element) => {
    const cards = element.querySelector(".s-styles");
    if (cards) document.body.classList.toggle("s-style-own", cards.dataset.own === "true");
  });

  // A draft outlives a reload, also the one after the studio was started again.
  const KEPT = ["subject", "action", "scene", "style-words", "lighting", "camera", "seed", "adapters"], DRAFT = "segue-draft";
  let restored = false;
  document.addEventListener("input", () => {
    if (!restored) return;
    const draft = Object.fromEntries(KEPT.map((name) => [name, Studio.field(name)?.value ?? ""]));
    try { sessionStorage.setItem(DRAFT, JSON.stringify(draft)); } catch { /* then it does not outlive it */ }
  });
  Studio.settle((element) => {
    if (restored || !element.querySelector(".s-brand")) return;
    restored = true;
    let draft = {};
    try { draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}"); } catch { /* nothing to restore */ }
    setTimeout(() => {
      for (const [name, words] of Object.entries(draft)) {
        if (words && Studio.field(name) && Studio.field(name).value !== words) Studio.type(name, words);
      }
    }, 50);
  });

  // Ideas: a row of words for the field one is in, narrowed by what is typed.
  const books = {};
  const book = (source) => (books[source] ??= fetch(source).then((answer) => answer.json()));
  async function fill(row) {
    const words = await book(row.dataset.source);
    const name = row.current ?? row.dataset.fields.split(" ")[0];
    const typed = (Studio.field(name)?.value ?? "").trim().toLowerCase();
    const groups = words[name] ?? [];
    const all = groups.flatMap((group) => group.words);
    const fitting = typed ? all.filter((word) => word.toLowerCase().includes(typed) && word.toLowerCase() !== typed) : [];
    const open = row.hasAttribute("data-open");
    const shown = fitting.length && !open ? [{ name: "", words: fitting }] : groups;
    const label = document.querySelector(`#${name} [data-testid=block-info], #${name} label > span`)?.textContent.trim() ?? name;
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", row.dataset.title.replace("{field}", label));
    row.replaceChildren(...shown.flatMap((group) => [
      Object.assign(document.createElement("span"), { className: "s-ideas-group", textContent: group.name }),
      ...group.words.map((word) => {
        const idea = Object.assign(document.createElement("button"), { className: "s-idea", textContent: word });
        idea.addEventListener("click", () => { Studio.type(name, word); row.removeAttribute("data-open"); fill(row); });
        return idea;
      }),
    ]));
    const more = Object.assign(document.createElement("button"), { className: "s-idea s-idea-all" });
    more.textContent = open ? row.dataset.fewer : row.dataset.all.replace("{count}", all.length);
    more.setAttribute("aria-expanded", open);
    more.addEventListener("click", () => { row.toggleAttribute("data-open"); fill(row); });
    row.append(more);
    if (!open) row.scrollLeft = 0;
  }
  const rowOf = (field) => [...document.querySelectorAll(".s-ideas")].find((row) => row.dataset.fields.split(" ").includes(field));
  function follow(event) {
    const field = event.target.closest?.("#subject, #action, #scene, #lighting, #camera");
    const row = field && rowOf(field.id);
    if (!row) return;
    row.current = field.id;
    fill(row);
  }
  document.addEventListener("focusin", follow);
  document.addEventListener("input", follow);
  Studio.settle((element) => {
    const row = element.querySelector(".s-ideas");
    if (row && row.filledFor !== row.dataset.source + row.childElementCount) {
      fill(row).then(() => { row.filledFor = row.dataset.source + row.childElementCount; });
    }
  });
})();
