// Tells a waiting reader how far the page is; the names are those that Voilà calls.
(() => {
  const text = document.getElementById("loading_text")
  const bar = document.getElementById("loading_bar")
  window.voila_heartbeat = () => { text.textContent = "Still working: this step takes longer than usual …" }
  window.voila_process = (step, steps) => {
    text.textContent = `Step ${step} of ${steps} …`
    bar.max = steps
    bar.value = step
  }
  window.update_loading_text = (step, steps, words) => { text.textContent = words || `Step ${step} of ${steps} …` }
  window.display_cells = () => {
    if (!window.themeLoaded) {
      window.cellLoaded = true
      text.textContent = "Drawing …"
      return
    }
    document.getElementById("loading")?.remove()
    document.getElementById("rendered_cells").style.display = ""
    window.analytics?.repaint()
  }
  window.voila_finish = window.display_cells
})()
