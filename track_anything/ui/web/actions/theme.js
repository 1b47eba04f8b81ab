// Light or dark: the system's choice until a person chooses; Gradio's own class carries it.

const KEY = "ta-theme";

/** Show the theme that was chosen before. */
export function restoreTheme() {
  const chosen = localStorage.getItem(KEY);
  if (chosen) document.body.classList.toggle("dark", chosen === "dark");
}

/** The other theme, from now on. */
export function toggleTheme() {
  const isDark = document.body.classList.toggle("dark");
  localStorage.setItem(KEY, isDark ? "dark" : "light");
}
