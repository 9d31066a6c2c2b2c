// Warns before the session ends for want of use and lets the person go on.
// Time is kept in the browser's storage, so work in one tab keeps the others alive.

const KEY = "gongmu.used";
const dialog = document.querySelector<HTMLDialogElement>("dialog[data-session]");

if (dialog) watch(dialog);

function watch(box: HTMLDialogElement): void {
  const idle = Number(box.dataset.idleSeconds) * 1000;
  const warn = Number(box.dataset.warnSeconds) * 1000;
  const left = box.querySelector("[data-left]");
  const used = (at: number) => localStorage.setItem(KEY, String(at));
  const leave = () => location.assign(box.dataset.leave ?? "/");
  used(Date.now());
  document.addEventListener("htmx:after:request", (event) => {
    // What a page asks by itself is no work of the person's.
    if (!(event.target as Element).closest?.("[data-poll]")) used(Date.now());
  });
  box.querySelector("form")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(box.dataset.extend ?? "", { method: "POST", redirect: "manual" });
    if (!answer.ok) return leave();
    used(Date.now());
    box.close();
  });
  setInterval(() => {
    const rest = Number(localStorage.getItem(KEY)) + idle - Date.now();
    if (rest <= 0) return leave();
    if (rest <= warn && !box.open) box.showModal();
    if (rest > warn && box.open) box.close();
    const minutes = Math.max(1, Math.ceil(rest / 60000));
    if (left && left.textContent !== String(minutes)) left.textContent = String(minutes);
  }, 1000);
}
