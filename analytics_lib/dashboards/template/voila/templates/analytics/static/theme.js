// Light or dark: the reader's choice, else the system's. BokehJS reads its colours from CSS variables
// when it paints, so a change asks every canvas to paint again; the kernel hears nothing of it.
(() => {
  const root = document.documentElement
  const system = window.matchMedia("(prefers-color-scheme: dark)")
  const stored = () => { try { return localStorage.getItem("analytics-theme") } catch { return null } }
  const keep = (value) => { try { localStorage.setItem("analytics-theme", value) } catch { /* private mode */ } }

  const documents = () => (window.Bokeh?.documents ?? [])

  function paint(document_) {
    const coarse = window.matchMedia("(pointer: coarse)").matches
    for (const model of document_._all_models.values()) {
      if (model.tags?.includes("analytics-ink")) model.change.emit()  // reads the page's ink again
      // On a touch screen a drag must scroll the page, not the chart.
      if (coarse && model.type == "Toolbar") model.setv({active_drag: null}, {sync: false})
    }
  }

  function repaint() {
    for (const document_ of documents()) paint(document_)
    for (const view of Object.values(window.Bokeh?.index?.roots ?? window.Bokeh?.index ?? [])) {
      repaintView(view)
    }
  }

  function repaintView(view) {
    if (view.model?.type == "Figure") view.request_paint()
    for (const child of view.child_views ?? []) repaintView(child)
  }

  function show(theme) {
    root.dataset.theme = theme
    const button = document.getElementById("theme-toggle")
    if (button) {
      button.setAttribute("aria-pressed", String(theme == "dark"))
      button.querySelector("span").textContent = theme == "dark" ? "Light" : "Dark"
      button.setAttribute("aria-label", theme == "dark" ? "Use light colours" : "Use dark colours")
    }
    repaint()
  }

  window.analytics = {repaint}
  show(stored() ?? (system.matches ? "dark" : "light"))
  system.addEventListener("change", () => { if (!stored()) show(system.matches ? "dark" : "light") })
  document.addEventListener("DOMContentLoaded", () => {
    show(root.dataset.theme)
    document.getElementById("theme-toggle")?.addEventListener("click", () => {
      const theme = root.dataset.theme == "dark" ? "light" : "dark"
      keep(theme)
      show(theme)
    })
    // Canvases that appear later (a new chart) get their ink as soon as they are there.
    let known = 0
    setInterval(() => {
      const count = documents().length
      if (count != known) { known = count; repaint() }
    }, 250)
  })
})()
