// The heat table is one tab stop: arrows move between cells, Home and End go to the ends of a row.
// Without this script every cell stays an ordinary link.

const STEPS: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function cells(table: HTMLTableElement): (HTMLAnchorElement | null)[][] {
  return [...table.tBodies[0].rows].map((row) =>
    [...row.cells].map((cell) => cell.querySelector<HTMLAnchorElement>("a")),
  );
}

function place(grid: (HTMLAnchorElement | null)[][], link: Element): [number, number] | null {
  for (let row = 0; row < grid.length; row++) {
    const column = grid[row].indexOf(link as HTMLAnchorElement);
    if (column >= 0) return [row, column];
  }
  return null;
}

function next(grid: (HTMLAnchorElement | null)[][], from: [number, number], key: string) {
  let [row, column] = from;
  if (key === "Home") return grid[row].find((link) => link) ?? null;
  if (key === "End") return [...grid[row]].reverse().find((link) => link) ?? null;
  const [down, right] = STEPS[key];
  const width = Math.max(...grid.map((cells) => cells.length));
  for (;;) {
    row += down;
    column += right;
    if (row < 0 || row >= grid.length || column < 0 || column >= width) return null;
    const link = grid[row][column];
    if (link) return link; // an empty hour and a heading are stepped over
  }
}

function oneTabStop(table: HTMLTableElement, chosen: Element): void {
  for (const link of table.querySelectorAll("tbody a")) {
    link.setAttribute("tabindex", link === chosen ? "0" : "-1");
  }
}

function onKey(event: KeyboardEvent): void {
  const table = (event.target as Element).closest<HTMLTableElement>("table[data-heat]");
  const known = event.key in STEPS || event.key === "Home" || event.key === "End";
  if (!table || !known || event.ctrlKey || event.metaKey || event.altKey) return;
  const grid = cells(table);
  const from = place(grid, event.target as Element);
  const to = from && next(grid, from, event.key);
  if (!to) return;
  event.preventDefault();
  oneTabStop(table, to);
  to.focus();
}

function markChosen(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>("table[data-heat]")) {
    const here = new URL(location.href);
    const chosen = [...table.querySelectorAll<HTMLAnchorElement>("tbody td a")].find((link) => {
      const there = new URL(link.href);
      return ["at", "hour", "stop", "way"].every(
        (name) => there.searchParams.get(name) === here.searchParams.get(name),
      );
    });
    for (const old of table.querySelectorAll("a[aria-current]")) {
      if (here.searchParams.has("at")) old.removeAttribute("aria-current");
    }
    if (chosen) chosen.setAttribute("aria-current", "true");
    const first = table.querySelector("tbody a[aria-current]") ?? table.querySelector("tbody a");
    if (first) oneTabStop(table, first);
  }
}

// On a narrow screen the chart stands below the table: what was asked for is brought into view.
function showChart(): void {
  const chart = document.getElementById("profile");
  if (!chart) return;
  const place = chart.getBoundingClientRect();
  if (place.top > innerHeight - 120 || place.bottom < 120) chart.scrollIntoView();
}

document.addEventListener("keydown", onKey);
document.addEventListener("htmx:after:history:push", showChart);
document.addEventListener("htmx:after:history:push", markChosen);
document.addEventListener("DOMContentLoaded", markChosen);
