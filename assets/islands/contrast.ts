// The high-contrast switch works as a plain form; here it changes the page at once.

document.addEventListener("submit", async (event) => {
  const form = (event.target as Element).closest<HTMLFormElement>("form[data-contrast-switch]");
  if (!form) return;
  event.preventDefault();
  const root = document.documentElement;
  const high = root.dataset.contrast !== "high";
  root.dataset.contrast = high ? "high" : "normal";
  const button = form.querySelector("button");
  const field = form.querySelector<HTMLInputElement>("input[name=contrast]");
  button?.setAttribute("aria-pressed", String(high));
  if (field) field.value = high ? "normal" : "high";
  await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams({ contrast: high ? "high" : "normal", next: "/" }),
    redirect: "manual",
  });
});
