// Playing: every [data-film] holds one video and its own bar. Events of media do not bubble, so they are caught on the way down.
(function () {
  const started = new WeakMap(), wanted = new WeakSet();
  const filmOf = (node) => node.closest("[data-film]");
  const videoOf = (film) => film.querySelector("video");
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;

  function draw(film) {
    const video = videoOf(film), scrub = film.querySelector(".s-scrub");
    const length = Number.isFinite(video.duration) ? video.duration : 0;
    const at = length ? video.currentTime / length : 0;
    if (!scrub.matches(":active")) scrub.value = Math.round(at * 1000);
    scrub.style.setProperty("--at", `${(scrub.value / 10).toFixed(1)}%`);
    film.querySelector(".s-time").textContent = `${clock(video.currentTime)} / ${clock(length)}`;
    film.querySelector(".s-loop").setAttribute("aria-pressed", video.loop);
    film.toggleAttribute("data-playing", !video.paused);
    const button = film.querySelector(".s-playpause");
    button.setAttribute("aria-label", video.paused ? button.dataset.play : button.dataset.pause);
  }
  function follow(film) {
    if (!film.isConnected) return;
    draw(film);
    if (!videoOf(film).paused) requestAnimationFrame(() => follow(film));
  }
  const play = (video) => video.play().catch(() => { /* the browser wants a press first; the button stays */ });

  for (const name of ["play", "pause", "loadedmetadata", "seeked", "ended"]) {
    document.addEventListener(name, (event) => {
      const film = event.target.closest?.("[data-film]");
      if (film) follow(film);
    }, true);
  }
  // A start that came too early is made up for once there is something to play.
  document.addEventListener("playing", (event) => wanted.delete(event.target), true);
  document.addEventListener("canplay", (event) => { if (wanted.delete(event.target)) play(event.target); }, true);
  const acts = {
    play: (film) => { const video = videoOf(film); video.paused ? play(video) : video.pause(); },
    loop: (film) => { const video = videoOf(film); video.loop = !video.loop; draw(film); },
    full: (film) => (document.fullscreenElement ? document.exitFullscreen() : (film.requestFullscreen ? film : videoOf(film)).requestFullscreen?.() ?? videoOf(film).webkitEnterFullscreen?.()),
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-film-act]");
    if (button) acts[button.dataset.filmAct](filmOf(button));
    else if (event.target.matches("[data-film] video")) acts.play(filmOf(event.target));
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-film] .s-scrub")) return;
    const video = videoOf(filmOf(event.target));
    if (Number.isFinite(video.duration)) video.currentTime = (event.target.value / 1000) * video.duration;
    draw(filmOf(event.target));
  });
  // A film that has just come is played when its part says so; one that is still the same is left alone.
  Studio.settle((element) => {
    for (const film of element.querySelectorAll("[data-film]")) {
      const video = videoOf(film), source = [film.dataset.film, video.getAttribute("src"), video.dataset.start].join(" ");
      if (started.get(video) !== source) {
        started.set(video, source);
        if (video.dataset.start === "now") { video.muted = true; video.currentTime = 0; wanted.add(video); play(video); }
      }
      draw(film);
    }
  });

  // Posters move while the mouse is on them: one video, put in and taken out again.
  let preview = null;
  const stop = () => { preview?.remove(); preview = null; };
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const card = event.target.closest?.("[data-preview]");
    if (preview && preview.closest("[data-preview]") === card) return;
    stop();
    if (!card || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    preview = Object.assign(document.createElement("video"), { muted: true, loop: true, playsInline: true, src: card.dataset.preview });
    preview.setAttribute("aria-hidden", "true");
    card.querySelector(".s-pic").append(preview);
    preview.play().catch(() => { /* taken out before it could start */ });
  });

  // More posters when the end of the list comes near.
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) entry.target.more?.();
  }, { rootMargin: "600px" });
  Studio.settle((element, trigger) => {
    const sentinel = element.querySelector(".s-sentinel");
    if (!sentinel) return;
    sentinel.more = () => { near.unobserve(sentinel); trigger("select", { act: "more", count: sentinel.dataset.more }); };
    near.unobserve(sentinel);
    near.observe(sentinel);
  });
  let opened = "";
  Studio.settle((element) => {
    if (element.closest("#detail") === null) return;
    const clip = element.querySelector(".s-det")?.dataset.clip ?? "";
    if (clip && clip !== opened && innerWidth <= 760) element.querySelector(".s-ib[data-act=close]").focus();
    if (!clip && opened) document.querySelector(`.s-po[data-id="${CSS.escape(opened)}"]`)?.focus();
    opened = clip;
  });
})();
