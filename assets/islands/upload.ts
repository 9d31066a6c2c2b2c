// A file may be dropped on its form, and a bar says how far it has gone.
// Without this script the form is an ordinary one.

function send(form: HTMLFormElement): void {
  const bar = form.querySelector("progress");
  const wrong = form.querySelector<HTMLElement>("[data-wrong]");
  const button = form.querySelector("button");
  const said = document.getElementById("said");
  const request = new XMLHttpRequest();
  const fail = (text: string) => {
    if (wrong) wrong.textContent = text;
    if (bar) bar.hidden = true;
    if (button) button.disabled = false;
  };
  request.upload.addEventListener("progress", (event) => {
    if (!bar || !event.lengthComputable) return;
    bar.max = event.total;
    bar.value = event.loaded;
  });
  request.addEventListener("error", () => fail("보내지 못했습니다. 연결을 확인하고 다시 하세요."));
  request.addEventListener("load", () => {
    if (request.status < 400) return location.assign(request.responseURL);
    try {
      const problem = JSON.parse(request.responseText);
      fail(`${problem.detail} ${problem.todo}`);
    } catch {
      fail("보내지 못했습니다. 잠시 뒤 다시 하세요.");
    }
  });
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  if (bar) bar.hidden = false;
  if (button) button.disabled = true;
  if (said) said.textContent = "파일을 보내고 있습니다.";
  request.send(new FormData(form));
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-upload]")) {
  const field = form.querySelector<HTMLInputElement>("input[type=file]");
  const area = form.querySelector(".drop");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    area?.addEventListener(name, (event) => {
      event.preventDefault();
      area.classList.toggle("over", name === "dragover");
    });
  }
  area?.addEventListener("drop", (event) => {
    const files = (event as DragEvent).dataTransfer?.files;
    if (field && files?.length) field.files = files;
  });
}
