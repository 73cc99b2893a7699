// What every part of the page shares: presses reach Python as events, and small things open and close.
(function () {
  const settle = [];

  // Called by each part when it is there: `after` runs now and whenever its words changed.
  Studio.attach = function (element, trigger, watch) {
    element.addEventListener("click", (event) => {
      const pressed = event.target.closest("[data-act]");
      if (pressed && element.contains(pressed)) trigger("select", { ...pressed.dataset });
    });
    const refresh = () => settle.forEach((then) => then(element, trigger));
    watch("value", refresh);
    refresh();
  };
  Studio.settle = (then) => settle.push(then);

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
