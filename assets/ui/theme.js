// Dark unless the person chose light: Gradio follows the system, so its class on the body is put right whenever it changes.
window.Studio = (function () {
  const key = "segue-theme";
  function chosen() {
    try { return localStorage.getItem(key) || "dark"; } catch { return "dark"; }
  }
  function apply() {
    if (!document.body) return;
    const dark = chosen() === "dark";
    if (document.body.classList.contains("dark") !== dark) document.body.classList.toggle("dark", dark);
  }
  function watchBody() {
    if (!document.body) return false;
    apply();
    new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ["class"] });
    return true;
  }
  if (!watchBody()) {
    const waiting = new MutationObserver(() => { if (watchBody()) waiting.disconnect(); });
    waiting.observe(document.documentElement, { childList: true });
  }
  return {
    switchTheme() {
      try { localStorage.setItem(key, chosen() === "dark" ? "light" : "dark"); } catch { /* kept for this page only */ }
      document.body.classList.toggle("dark");
    },
  };
})();
