// The film player of the Storyboard: plays stretches of files one after another as one film.
(function () {
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
  let pieces = [], at = 0, playing = false, wish = null; // at: index of the piece that is seen; wish: seconds in a piece that is still to load
  const reel = () => document.querySelector(".s-reel");
  const videos = () => [...reel().querySelectorAll("video")];
  const front = () => reel().querySelector("video[data-front]") ?? videos()[0];
  const starts = () => pieces.map((_, index) => pieces.slice(0, index).reduce((sum, piece) => sum + piece.to - piece.from, 0));
  const total = () => pieces.reduce((sum, piece) => sum + piece.to - piece.from, 0);
  const now = () => {
    const piece = pieces[at];
    if (!piece) return 0;
    return starts()[at] + Math.min(piece.to - piece.from, Math.max(0, (wish ?? front().currentTime) - piece.from));
  };

  // The next file is loaded behind the one that is seen, so that the change is not noticed.
  function load(video, piece) {
    if (video.dataset.src === piece.src) return;
    video.dataset.src = piece.src;
    video.src = piece.src;
  }
  function show(video) {
    for (const one of videos()) {
      one.toggleAttribute("data-front", one === video);
      if (one !== video) one.pause();
    }
  }
  function go(index, inside = pieces[index].from) {
    const piece = pieces[index], same = videos().find((video) => video.dataset.src === piece.src);
    const video = same ?? videos().find((one) => one !== front()) ?? front();
    at = index;
    wish = inside;
    load(video, piece);
    const arrive = () => {
      if (wish === null || video.dataset.src !== pieces[at]?.src) return;
      if (Math.abs(video.currentTime - wish) > 0.01) video.currentTime = wish;
      wish = null;
      show(video);
      if (playing) video.play().catch(() => { playing = false; draw(); });
      const next = pieces[at + 1];
      if (next && next.src !== piece.src) load(videos().find((one) => one !== video), next);
      draw();
    };
    video.readyState >= 1 ? arrive() : video.addEventListener("loadedmetadata", arrive, { once: true });
  }
  function seek(seconds) {
    const from = starts();
    let index = from.length - 1;
    while (index > 0 && from[index] > seconds + 1e-3) index -= 1;
    go(index, pieces[index].from + Math.max(0, seconds - from[index]));
  }
  function follow() {
    if (!reel()) { playing = false; return; }
    const piece = pieces[at], video = front();
    if (wish === null && piece && (video.ended || video.currentTime >= piece.to - 0.012)) {
      const next = pieces[at + 1];
      if (next && next.src === piece.src && !video.ended) at += 1; // the same file goes on by itself
      else if (next) go(at + 1);
      else if (loops()) go(0);
      else { playing = false; video.pause(); }
    }
    draw();
    if (playing) requestAnimationFrame(follow);
  }
  const loops = () => reel().querySelector("[data-reel=loop]").getAttribute("aria-pressed") === "true";
  function play() {
    if (!pieces.length) return;
    if (now() >= total() - 0.05) go(0);
    playing = true;
    front().play().catch(() => { playing = false; draw(); });
    requestAnimationFrame(follow);
  }
  function draw() {
    const film = reel(), scrub = film.querySelector(".s-scrub"), long = total(), part = long ? now() / long : 0;
    if (!scrub.matches(":active")) scrub.value = Math.round(1000 * part);
    scrub.style.setProperty("--at", `${(scrub.value / 10).toFixed(1)}%`);
    film.querySelector(".s-time").textContent = `${clock(now())} / ${clock(long)}`;
    film.toggleAttribute("data-playing", playing);
    const button = film.querySelector(".s-playpause");
    button.setAttribute("aria-label", playing ? button.dataset.pause : button.dataset.play);
    drawHead();
  }
  // On the chart, time runs as the blocks stand, also where a segment is not made yet.
  function drawHead() {
    const head = document.querySelector(".s-head"), piece = pieces[at];
    const block = piece && document.querySelector(`.s-blocks [data-seek="${CSS.escape(piece.id)}"]`);
    for (const one of document.querySelectorAll(".s-blocks [data-now]")) if (one !== block) one.removeAttribute("data-now");
    block?.setAttribute("data-now", "");
    if (!head) return;
    head.hidden = !block;
    if (!block) return;
    const inside = Math.min(1, Math.max(0, (now() - starts()[at]) / (piece.to - piece.from || 1)));
    const box = block.getBoundingClientRect(), plot = head.parentNode.getBoundingClientRect();
    head.style.left = `${(box.left - plot.left + inside * box.width).toFixed(1)}px`;
  }

  Studio.poured((place) => {
    if (place.id === "board-chart" && reel()) drawHead();
    if (place.id !== "board-reel") return;
    if (!reel()) { pieces = []; playing = false; return; }
    const list = JSON.parse(place.querySelector("[data-pieces]").dataset.pieces);
    if (JSON.stringify(list) === JSON.stringify(pieces) && front().dataset.src) return;
    const before = pieces, seen = before[at], moment = before.length && front().dataset.src ? now() : 0;
    pieces = list;
    const marks = starts().slice(1).map((start) => `<i style="left:${(100 * start / total()).toFixed(2)}%"></i>`);
    reel().querySelector(".s-marks").innerHTML = marks.join("");
    const same = list.findIndex((piece) => seen && piece.id === seen.id && piece.src === seen.src && piece.from === seen.from);
    if (same >= 0 && front().dataset.src) { at = same; draw(); return; } // what plays goes on
    seek(Math.min(moment, Math.max(0, total() - 0.1)));
  });
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.("[data-reel]"), picture = event.target.closest?.(".s-reel .s-stage");
    const block = event.target.closest?.("[data-seek]");
    if (block) {
      const index = pieces.findIndex((piece) => piece.id === block.dataset.seek);
      if (index >= 0 && reel()) go(index);
      return;
    }
    if (!reel() || (!pressed && !picture)) return;
    const what = pressed?.dataset.reel ?? "play";
    if (what === "full") (document.fullscreenElement ? document.exitFullscreen() : reel().requestFullscreen?.() ?? front().webkitEnterFullscreen?.());
    if (what === "loop") pressed.setAttribute("aria-pressed", !loops());
    if (what === "play" && playing && !pressed?.closest("#board-join")) { playing = false; front().pause(); draw(); }
    else if (what === "play") {
      play();
      if (pressed?.closest("#board-join")) reel().scrollIntoView({ block: "nearest" });
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.(".s-reel .s-scrub")) seek((event.target.value / 1000) * total());
  });
  addEventListener("resize", () => { if (reel()) drawHead(); });
})();
