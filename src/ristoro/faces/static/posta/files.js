// Chosen files: a second choice adds to the first, each can be left out, and too much is told.

/** Watch a file field. `words` are those of the form: `remove`, `tooBig`, and `most` bytes. */
export function gather(field, words) {
  const list = document.createElement("ul");
  let chosen = [];
  field.after(list);

  function show() {
    list.replaceChildren(...chosen.map((file) => {
      const item = document.createElement("li");
      const name = document.createElement("bdi");
      name.textContent = file.name;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "plain";
      button.textContent = words.remove;
      button.ariaLabel = `${words.remove}: ${file.name}`;
      button.addEventListener("click", () => put(chosen.filter((one) => one !== file)));
      item.append(name, button);
      return item;
    }));
  }

  function put(files) {
    chosen = files;
    const held = new DataTransfer();
    files.forEach((file) => held.items.add(file));
    field.files = held.files;
    const tooBig = files.reduce((sum, file) => sum + file.size, 0) > Number(words.most);
    field.setCustomValidity(tooBig ? words.tooBig : "");
    show();
    if (tooBig) field.reportValidity();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  field.addEventListener("change", () => {
    const same = (one, other) => one.name === other.name && one.size === other.size;
    const fresh = Array.from(field.files);
    put([...chosen.filter((one) => !fresh.some((other) => same(one, other))), ...fresh]);
  });
}
