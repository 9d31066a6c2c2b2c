// A desk's talk: the question goes without leaving the page, the answer comes as a stream.
// Nothing of the stream stands in a live region: "작성 중" and the end are said, once each.
// Without this script the form is an ordinary one and its page shows the whole answer.

const talk = document.querySelector<HTMLElement>("[data-talk]");
if (talk) converse(talk);

function converse(box: HTMLElement): void {
  const form = box.querySelector<HTMLFormElement>("form[data-ask]");
  const turns = box.querySelector<HTMLElement>("[data-turns]");
  if (!form || !turns) return;
  const button = form.querySelector<HTMLButtonElement>("[data-send]");
  const halt = form.querySelector<HTMLButtonElement>("[data-stop]");
  const wrong = form.querySelector<HTMLElement>("[data-wrong]");
  const question = form.querySelector<HTMLTextAreaElement>("textarea");
  const warning = form.querySelector<HTMLElement>("[data-warning]");
  let source: EventSource | null = null;
  let turn = "";

  const say = (text: string) => {
    const said = document.getElementById("said");
    if (said) said.textContent = text;
  };
  const busy = (on: boolean) => {
    if (button) button.disabled = on;
    if (halt) halt.hidden = !on;
    turns.setAttribute("aria-busy", String(on));
  };
  const fail = (text: string) => {
    if (wrong) wrong.textContent = text;
    busy(false);
  };

  function follow(): void {
    source?.close();
    if (!turn || document.hidden) return;
    source = new EventSource(`/bots/turns/${turn}/stream`);
    const place = () => document.getElementById(`turn-${turn}`);
    source.addEventListener("body", (event) => {
      const { html, progress } = JSON.parse((event as MessageEvent).data);
      const body = place()?.querySelector("[data-body]");
      const line = place()?.querySelector("[data-progress]");
      if (body) body.innerHTML = html;
      if (line) line.textContent = progress;
    });
    source.addEventListener("whole", (event) => {
      const { html, said, number } = JSON.parse((event as MessageEvent).data);
      source?.close();
      const old = place();
      turn = "";
      busy(false);
      if (!old) return location.reload();
      old.outerHTML = html;
      say(said);
      document.getElementById(`turn-${number}`)?.scrollIntoView({ block: "nearest" });
    });
    source.addEventListener("moved", () => {
      source?.close();
      const line = place()?.querySelector("[data-progress]");
      if (line) line.textContent = "다른 창에서 이어 보고 있습니다. 이 창으로 돌아오면 다시 보입니다.";
    });
    source.addEventListener("gone", () => location.reload());
  }

  async function send(data: FormData, address: string): Promise<void> {
    if (wrong) wrong.textContent = "";
    busy(true);
    try {
      const answer = await fetch(address, {
        method: "POST",
        body: data,
        headers: { Accept: "application/json" },
      });
      const said = await answer.json();
      if (!answer.ok) return fail(`${said.detail} ${said.todo}`);
      turns!.insertAdjacentHTML("beforeend", said.html);
      box.querySelector("[data-empty]")?.remove();
      turn = said.turn;
      const talkField = form!.querySelector<HTMLInputElement>("input[name=conversation]");
      if (talkField) talkField.value = said.conversation;
      history.replaceState(null, "", said.place);
      say("작성 중");
      localStorage.setItem("gongmu.used", String(Date.now())); // 묻는 것도 쓰는 것이다
      document.getElementById(`turn-${turn}`)?.scrollIntoView({ block: "nearest" });
      follow();
    } catch {
      fail("보내지 못했습니다. 연결을 확인하고 다시 하세요.");
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (turn) return;
    const data = new FormData(form);
    await send(data, form.action);
    if (!turn) return;
    if (question) question.value = "";
    if (warning) warning.textContent = "";
    for (const field of form.querySelectorAll<HTMLInputElement>("input[type=file]")) field.value = "";
    for (const tick of form.querySelectorAll<HTMLInputElement>("input[type=checkbox]")) tick.checked = false;
  });
  turns.addEventListener("submit", (event) => {
    const again = (event.target as Element).closest<HTMLFormElement>("form[data-again]");
    if (!again || turn) return;
    event.preventDefault();
    send(new FormData(again), again.action);
  });
  question?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  halt?.addEventListener("click", async () => {
    if (turn) await fetch(`/bots/turns/${turn}/stop`, { method: "POST" });
    question?.focus();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) source?.close();
    else follow();
  });
  const open = turns.querySelector<HTMLElement>("[data-open-turn]");
  if (open) {
    turn = open.dataset.openTurn ?? "";
    busy(true);
    say("작성 중");
    follow();
  }
  warn(form, question, warning);
}

// What would be masked or stop the question is said while it is written.
function warn(
  form: HTMLFormElement,
  question: HTMLTextAreaElement | null,
  place: HTMLElement | null,
): void {
  let timer = 0;
  let asked = 0;
  question?.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(async () => {
      const mine = ++asked;
      const data = new FormData();
      data.set("bot", String(new FormData(form).get("bot") ?? ""));
      data.set("question", question.value);
      const answer = await fetch("/bots/look-over", {
        method: "POST",
        body: data,
        headers: { "HX-Request-Type": "partial" },
      });
      if (answer.ok && mine === asked && place) place.innerHTML = await answer.text();
    }, 500);
  });
}

// A citation opens beside the answer; its own address stays an ordinary link.
document.addEventListener("click", async (event) => {
  const mouse = event as MouseEvent;
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-side]");
  const side = document.getElementById("side");
  if (!link || !side || mouse.ctrlKey || mouse.metaKey || mouse.shiftKey) return;
  event.preventDefault();
  const answer = await fetch(link.href, { headers: { "HX-Request-Type": "partial" } });
  if (!answer.ok) return location.assign(link.href);
  side.innerHTML = await answer.text();
  side.querySelector<HTMLElement>("h2")?.focus();
  if (side.getBoundingClientRect().top > innerHeight - 80) side.scrollIntoView();
});
