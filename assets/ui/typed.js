// What is typed on the Storyboard tab is held here, also while the page is left, until the studio says that it heard it.
(function () {
  const SOON = 500, AGAIN = 5000, HELD = "segue-typed";
  let number = 0, timer = 0, open = null, leaving = false, send = null;
  // {board, place, name, value, told}: in which storyboard and where in it; `told` is the number of the first message
  // that carried it, 0 until then. Messages may overtake one another, so each carries all that is held.
  let held = [];
  try { held = JSON.parse(sessionStorage.getItem(HELD)) ?? []; } catch { /* nothing was held */ }
  held.forEach((one) => { one.told = 0; });

  function keep() {
    try { held.length ? sessionStorage.setItem(HELD, JSON.stringify(held)) : sessionStorage.removeItem(HELD); } catch { /* then it lasts as long as the page */ }
  }
  const here = (place, name) => (one) => one.board === (open ?? "") && one.place === place && one.name === name;
  function hold(place, name, value) {
    held = [...held.filter((one) => !here(place, name)(one)), { board: open ?? "", place, name, value, told: 0 }];
    keep();
  }
  function message() {
    const of = {};
    number += 1;
    for (const one of held) {
      one.told ||= number;
      ((of[one.board] ??= {})[one.place] ??= {})[one.name] = one.value;
    }
    clearTimeout(timer);
    timer = held.length ? setTimeout(tell, AGAIN) : 0; // for one that is lost
    return { typed: JSON.stringify({ n: number, board: open ?? "", of }) };
  }
  const tell = () => Studio.tellBoard({ act: "typed" });

  Studio.tellBoard = (press) => send?.("select", { ...press, ...message() });
  Studio.typed = (place, name) => held.find(here(place, name))?.value;
  Studio.heard = function (heard) {
    held = held.filter((one) => !one.told || one.told > heard);
    keep();
    if (!held.length) clearTimeout(timer);
  };
  // The page shows the storyboard of this id, empty for a new one, which is given an id when it is kept.
  Studio.boardShown = function (id) {
    const first = open === null;
    if (open === "" && !leaving) for (const one of held) one.board ||= id;
    leaving = false;
    open = id;
    if (first && held.length) tell();
  };
  Studio.carry((pressed) => (pressed.closest("#board, .s-toast") ? message() : {}));
  Studio.settle((element, trigger) => {
    if (!element.closest("#board")) return;
    const first = !send;
    send = trigger;
    if (first && open !== null && held.length) tell();
  });

  document.addEventListener("input", (event) => {
    const field = event.target, place = field.closest?.("[data-typed]")?.dataset.typed;
    if (!place || !field.name) return;
    hold(place, field.name, field.type === "checkbox" && !field.checked ? "" : field.value);
    clearTimeout(timer);
    timer = setTimeout(tell, SOON);
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest?.("[data-typed]") && held.some((one) => !one.told)) tell();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-act=new_story], [data-act=open_story], [data-act=open_storyboard]")) leaving = true;
  }, true);
})();
