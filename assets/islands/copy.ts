// "링크 복사": every filter is in the address, so the address is the view.

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http inside an office network has no clipboard API.
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

document.addEventListener("click", async (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-copy-link]");
  if (!button) return;
  const said = document.getElementById("said");
  const done = await copy(location.href);
  if (said) said.textContent = done ? "링크를 복사했습니다." : "복사하지 못했습니다. 주소창의 주소를 복사하십시오.";
  button.focus();
});
