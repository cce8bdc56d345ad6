// A "Show password" button after each password box that carries the words for it.
for (const box of document.querySelectorAll("input[type=password][data-show]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "usa-button usa-button--unstyled show-password";
  button.setAttribute("aria-controls", box.id);
  const show = (shown) => {
    box.type = shown ? "text" : "password";
    button.textContent = shown ? box.dataset.hide : box.dataset.show;
  };
  show(false);
  button.addEventListener("click", () => show(box.type === "password"));
  // What is shown must not stay in the browser's list of typed words.
  if (box.form) box.form.addEventListener("submit", () => show(false));
  box.after(button);
}
