// A form with the class "passkey" is sent with the answer of the device: `data-act` says whether it
// makes a key ("create") or proves one ("get"), `data-options` what is asked of it (WebAuthn).
for (const form of document.querySelectorAll("form.passkey")) {
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    const told = form.querySelector("[role=status]");
    const options = JSON.parse(form.dataset.options);
    try {
      const made =
        form.dataset.act === "create"
          ? await navigator.credentials.create({
              publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
            })
          : await navigator.credentials.get({
              publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
            });
      form.elements.answer.value = JSON.stringify(made.toJSON());
      form.submit();
    } catch (error) {
      told.textContent = error.message;
    }
  });
}
