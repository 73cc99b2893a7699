// The Storyboard tab: its cast forms, its keys, what is scrolled to, and which storyboard the address names.
(function () {
  let open = null;
  const editor = () => document.querySelector("#board-editor .s-edit");
  const values = (form) => Object.fromEntries([...form.querySelectorAll("input[name], textarea[name]")]
    .filter((field) => field.type !== "radio" || field.checked).map((field) => [field.name, field.value]));

  // What is typed of a cast member waits in the browser until it is kept or left: its form may make way for another's.
  const DRAFTS = "segue-cast-drafts", FORM = "form-";
  const memberForm = () => document.querySelector("#board-cast [data-form=member]");
  const filled = new WeakSet();
  let drafts = { open: "", forms: {} }, ending = "";
  try { drafts = JSON.parse(sessionStorage.getItem(DRAFTS)) ?? drafts; } catch { /* nothing was held */ }
  const left = drafts.open;
  function keepDrafts() {
    try { sessionStorage.setItem(DRAFTS, JSON.stringify(drafts)); } catch { /* then they last as long as the page */ }
  }
  function holdMember(form) {
    const key = form.dataset.key;
    drafts = { open: key, forms: { ...drafts.forms, [key]: values(form) } };
    ending = "";
    keepDrafts();
  }
  function fillMember(form) {
    if (ending && form?.dataset.key !== ending) {
      delete drafts.forms[ending];
      ending = "";
    }
    drafts.open = form?.dataset.key in drafts.forms ? form.dataset.key : "";
    keepDrafts();
    if (!form || filled.has(form)) return;
    filled.add(form);
    for (const [name, value] of Object.entries(drafts.forms[form.dataset.key] ?? {})) {
      if (name === "picture") showPicture(form.querySelector(".s-picture"), value);
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio") field.checked = field.value === value;
        else field.value = value;
      }
    }
  }
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.("[data-act]"), key = pressed?.closest("[data-form=member]")?.dataset.key;
    if (!pressed) return;
    ending = pressed.dataset.act === "keep_member" ? key : ""; // it may be refused
    if (["no_member", "drop_member"].includes(pressed.dataset.act)) {
      delete drafts.forms[key];
      keepDrafts();
    }
  }, true);

  // One who was being written when the page was left is opened again.
  const restore = () => { if (left) Studio.tellBoard({ act: "member", name: left.slice(FORM.length) }); };

  Studio.carry((pressed) => {
    const form = pressed.closest("[data-form=member]");
    return form ? { form: JSON.stringify(values(form)) } : {};
  });
  document.addEventListener("input", (event) => {
    const member = event.target.closest?.("[data-form=member]");
    if (member && event.target.name) holdMember(member);
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches?.("[data-use-engine]")) Studio.tellBoard({ act: "use_engine", engine: field.value });
    if (!field.matches?.("[data-all-seams]") || !field.value) return;
    Studio.tellBoard({ act: "all_seams", value: field.value });
    field.value = "";
  });

  // An @name is put where the caret was last.
  let last = null;
  document.addEventListener("focusin", (event) => { if (event.target.matches?.(".s-edit .s-field input")) last = event.target; });
  document.addEventListener("click", (event) => {
    const name = event.target.closest?.("[data-insert]")?.dataset.insert;
    if (!name) return;
    const field = last?.isConnected ? last : document.querySelector(".s-edit input[name=subject]");
    const at = field.selectionStart ?? field.value.length, before = field.value.slice(0, at), after = field.value.slice(field.selectionEnd ?? at);
    const gap = (one, other) => (/\w$/.test(one) && /^[\w@]/.test(other) ? " " : "");
    field.value = `${before}${gap(before, name)}${name}${gap(name, after)}${after}`;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Arrows go from card to card; with Alt they move the segment.
  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.(".s-seg-b"), step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!card || !step) return;
    event.preventDefault();
    const cards = [...document.querySelectorAll(".s-seg-b")];
    if (event.altKey) {
      Studio.tellBoard({ act: step < 0 ? "left" : "right", segment: card.closest("[data-segment]").dataset.segment });
    } else cards[cards.indexOf(card) + step]?.focus();
  });

  // A card that is chosen is seen, and on a phone its editor is.
  let chosen = "";
  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  Studio.poured((place) => {
    if (place.id === "board-editor") {
      const segment = editor()?.dataset.segment ?? "";
      if (segment === chosen) return;
      const first = !chosen;
      chosen = segment;
      const card = document.querySelector(`.s-cell[data-segment="${CSS.escape(segment)}"]`), strip = document.querySelector("#board-strip");
      if (card && innerWidth > 760) strip.scrollTo({ left: card.offsetLeft - strip.clientWidth / 3, behavior: still() ? "auto" : "smooth" });
      if (card && !first && pressedCard && innerWidth <= 760) place.scrollIntoView({ behavior: still() ? "auto" : "smooth", block: "start" });
      pressedCard = false;
    }
    if (place.id === "board-cast") fillMember(memberForm());
    if (place.id === "board-story") remember(place.querySelector("[data-story]")?.dataset.story ?? "");
    if (place.id === "board-join") document.body.classList.toggle("s-board-begun", !!document.querySelector(".s-cell"));
  });
  let pressedCard = false;
  document.addEventListener("click", (event) => { if (event.target.closest?.(".s-seg-b, .s-seam")) pressedCard = true; }, true);

  // The open storyboard is in the address while its tab is seen, and kept in the browser otherwise.
  const KEPT = "segue-storyboard";
  const address = new URL(location.href);
  const keep = (id) => { try { id ? localStorage.setItem(KEPT, id) : localStorage.removeItem(KEPT); } catch { /* the address holds it */ } };
  const kept = () => { try { return localStorage.getItem(KEPT) ?? ""; } catch { return ""; } };
  function write(id) {
    const seen = document.querySelector("#storyboard-button[aria-selected=true]");
    address.searchParams.delete("story");
    address.searchParams.delete("kept");
    if (id) address.searchParams.set(seen ? "story" : "kept", id);
    history.replaceState(history.state, "", address);
  }
  if (!address.searchParams.has("story") && !address.searchParams.has("kept") && kept()) {
    address.searchParams.set("kept", kept());
    history.replaceState(history.state, "", address);
  }
  function remember(id) {
    if (id === open) return;
    const first = open === null;
    open = id;
    Studio.boardShown(id);
    if (first) restore();
    keep(id);
    write(id);
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[role=tab]")) setTimeout(() => write(open ?? ""), 50);
    const others = document.querySelector(".s-others[open]");
    if (others && !event.target.closest(".s-others summary")) others.open = false;
  });

  // A picture of the cast goes to the studio as it is; what comes back is its name there.
  async function sendPicture(field) {
    const place = field.closest(".s-picture"), says = place.querySelector("[data-says]"), file = field.files[0];
    field.value = "";
    says.textContent = "";
    if (!file) return;
    try {
      const answer = await fetch("pictures", { method: "POST", headers: { "Content-Type": file.type, "Accept-Language": document.documentElement.lang }, body: file });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.error);
      showPicture(place, said.digest);
      holdMember(place.closest("[data-form]"));
    } catch (error) {
      says.textContent = error instanceof TypeError || error instanceof SyntaxError ? says.dataset.says : error.message;
    }
  }
  function dropPicture(place) {
    showPicture(place, "");
    holdMember(place.closest("[data-form]"));
  }
  function showPicture(place, digest) {
    place.querySelector("[name=picture]").value = digest;
    const image = place.querySelector("img");
    image.hidden = place.querySelector("[data-no-picture]").hidden = !digest;
    if (digest) image.src = `media/${digest}`;
  }
  document.addEventListener("change", (event) => { if (event.target.matches?.("[data-picture]")) sendPicture(event.target); });
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-no-picture]")) dropPicture(event.target.closest(".s-picture")); });

  // A take plays in its own place when it is pressed.
  document.addEventListener("click", (event) => {
    const picture = event.target.closest?.("[data-watch]");
    if (!picture) return;
    const playing = picture.querySelector("video");
    if (playing) return playing.remove();
    const video = Object.assign(document.createElement("video"), { muted: true, loop: true, playsInline: true, src: picture.dataset.watch });
    picture.append(video);
    video.play().catch(() => { /* taken out before it could start */ });
  });
})();
