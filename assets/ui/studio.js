// What every part of the page shares: presses reach Python as events, and small things open and close.
(function () {
  const ICON = '<svg class="s-i s-i-sm" aria-hidden="true"><use href="assets/ui/icons.svg#?"/></svg>'; // hundreds of cards need it short
  const settle = [], carry = [], poured = [];

  // Called by each part when it is there: `after` runs now and whenever its words changed.
  Studio.attach = function (element, trigger, watch) {
    element.addEventListener("click", (event) => {
      const pressed = event.target.closest("[data-act]");
      if (!pressed || !element.contains(pressed)) return;
      const place = pressed.closest("[data-segment]")?.dataset ?? {};
      trigger("select", carry.reduce((sent, more) => ({ ...sent, ...more(pressed) }), { ...place, ...pressed.dataset }));
    });
    const source = element.closest("[id$='-source']");
    const refresh = () => (source ? pour(source) : settle.forEach((then) => then(element, trigger)));
    watch("value", refresh);
    refresh();
  };
  Studio.settle = (then) => settle.push(then);
  // What else goes with a press: `more` gets the pressed element and returns {name: text}.
  Studio.carry = (more) => carry.push(more);

  // A hidden source, mere text to the browser, is poured into the element it is named after, child by child by
  // data-key: a child that says the same stays as it is, with its focus, its scroll and what plays in it.
  function pour(source) {
    const place = document.getElementById(source.id.replace(/-source$/, ""));
    const sent = source.querySelector("noscript"), made = Number(sent?.dataset.made);
    if (!place || !sent || place.made > made) return; // an answer made before the one that is shown
    place.made = made;
    Studio.heard(Number(sent.dataset.heard));
    const template = Object.assign(document.createElement("template"), { innerHTML: sent.textContent });
    const before = new Map([...place.children].map((child) => [keyOf(child), child]));
    const focus = focusIn(place);
    const children = [...template.content.children].map((child) => {
      const old = before.get(keyOf(child)), words = child.outerHTML;
      if (old?.words === words) return old;
      if (old && bare(old.given) === bare(child)) return Object.assign(old, { words, given: child });
      if (old && composing && old.contains(document.activeElement)) return late.add(source) && old;
      const fresh = Object.assign(document.importNode(child, true), { words, given: child });
      for (const mark of fresh.querySelectorAll("[data-icon]")) mark.outerHTML = ICON.replace("?", mark.dataset.icon);
      if (fresh.dataset.typed) fill(fresh);
      return fresh;
    });
    for (const child of [...place.children]) if (!children.includes(child)) child.remove();
    children.forEach((child, at) => { if (place.children[at] !== child) place.insertBefore(child, place.children[at] ?? null); });
    focus(children);
    poured.forEach((then) => then(place));
    setTimeout(() => document.querySelectorAll("[data-typed]").forEach(fill)); // when all of the answer is here
  }
  Studio.poured = (then) => poured.push(then);
  Studio.heard = () => {};
  Studio.typed = () => undefined;
  const keyOf = (child) => child.dataset.key ?? child.dataset.segment;

  // Remember where the focus is, and return what puts it back among new children: to the same field or act, else to
  // what can be pressed in the same child.
  function focusIn(place) {
    const field = place.contains(document.activeElement) ? document.activeElement : null;
    if (!field) return () => {};
    const key = keyOf([...place.children].find((child) => child.contains(field)) ?? place), { act } = field.dataset;
    const same = field.name ? `[name="${CSS.escape(field.name)}"]` : act ? `[data-act="${CSS.escape(act)}"]` : "button";
    const [start, end] = [field.selectionStart, field.selectionEnd];
    return (children) => {
      if (document.contains(field) && !field.disabled) return;
      const home = children.find((child) => keyOf(child) === key) ?? place;
      const find = (wanted) => (home.matches(wanted) ? home : home.querySelector(wanted));
      const again = find(`${same}:not([disabled])`) ?? find("button:not([disabled])") ?? place.querySelector("button:not([disabled])");
      again?.focus({ preventScroll: true });
      if (start != null && again?.name === field.name) again.setSelectionRange?.(start, end);
    };
  }

  // A form whose fields alone have other values stays as it is too: its fields get the values, but for what is typed in
  // them and not heard yet.
  const FIELDS = "input[name], textarea[name], select[name]";
  function bare(child) {
    if (!child?.dataset.typed) return child ?? "";
    const copy = child.cloneNode(true);
    for (const one of copy.querySelectorAll("input, textarea, option")) {
      one.removeAttribute("checked");
      one.removeAttribute("selected");
      if (one.matches("textarea")) one.textContent = "";
      else if (one.matches("input:not([type=radio], [type=checkbox])")) one.removeAttribute("value");
    }
    return copy.outerHTML;
  }
  function fill(child) {
    const given = child.given.querySelectorAll(FIELDS);
    child.querySelectorAll(FIELDS).forEach((field, at) => {
      const typed = Studio.typed(child.dataset.typed, field.name);
      if (["radio", "checkbox"].includes(field.type)) field.checked = typed === undefined ? given[at].checked : typed === field.value;
      else if (field.value !== (typed ?? given[at].value)) {
        const [start, end] = [field.selectionStart, field.selectionEnd];
        field.value = typed ?? given[at].value;
        if (field === document.activeElement) field.setSelectionRange?.(start, end);
      }
    });
  }
  // A form must not be taken away from under characters that are still being composed.
  const late = new Set();
  let composing = false;
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", () => {
    composing = false;
    const waiting = [...late];
    late.clear();
    waiting.forEach(pour);
  });

  Studio.field = (name) => document.querySelector(`#${name} input, #${name} textarea`);
  Studio.type = function (name, words) {
    const field = Studio.field(name);
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // On a phone the button is far below the picture in which its result appears.
  function showPlayer() {
    const player = document.querySelector("#player");
    if (player.getBoundingClientRect().bottom > innerHeight / 4) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    player.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
  }

  const toggles = {
    theme: () => Studio.switchTheme(),
    tray: () => document.body.classList.toggle("s-tray-open"),
    toast: () => document.body.classList.add("s-toast-shut"),
    more: (button) => button.setAttribute("aria-expanded", document.body.classList.toggle("s-more-open")),
    fold: (button) => button.setAttribute("aria-expanded", button.closest(".s-fold").classList.toggle("s-open")),
    "film-options": (button) => {
      button.setAttribute("aria-expanded", document.body.classList.toggle("s-options-open"));
      if (document.body.classList.contains("s-options-open")) document.querySelector("#board-options").scrollIntoView({ block: "nearest" });
    },
    styles: (button) => button.setAttribute("aria-expanded", document.body.classList.toggle("s-styles-open")),
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-toggle]");
    if (button) toggles[button.dataset.toggle](button);
    else if (!event.target.closest(".s-pop")) document.body.classList.remove("s-tray-open");
    if (event.target.closest("#generate")) showPlayer();
    if (event.target.closest(".s-foot")) {
      event.preventDefault(); // Gradio opens its API page from its own button only
      document.querySelector("footer .show-api")?.click();
    }
    if (event.target.closest(".s-pop [data-act=show]")) document.body.classList.remove("s-tray-open");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (document.body.classList.contains("s-tray-open")) {
      document.body.classList.remove("s-tray-open");
      document.querySelector(".s-tray").focus();
    } else document.querySelector(".s-det .s-ib[data-act=close]")?.click();
  });

  let nonce = "", timer = 0;
  Studio.settle((element) => {
    const brand = element.querySelector(".s-brand");
    if (brand) document.documentElement.lang = brand.dataset.language === "zh" ? "zh-CN" : "en";
    const toast = element.querySelector(".s-toast");
    if (!toast || toast.dataset.nonce === nonce) return;
    nonce = toast.dataset.nonce;
    document.body.classList.remove("s-toast-shut");
    clearTimeout(timer);
    const shut = () => (toast.matches(":hover, :focus-within") ? (timer = setTimeout(shut, 2000)) : document.body.classList.add("s-toast-shut"));
    timer = setTimeout(shut, 9000);
  });
})();
