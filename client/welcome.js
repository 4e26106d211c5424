// The welcome page: leads to the page of the event whose name was typed.
const form = document.getElementById("join");
const field = document.getElementById("event");

// A name travels as one segment of a path, percent-encoded, and is at most 255 bytes there. The
// two names "." and ".." are steps in a path, and no browser asks for them.
const segment = () => encodeURIComponent(field.value.trim());

field.addEventListener("input", () => {
  const name = segment();
  let complaint = "";
  if (name.length > 255) complaint = "This name is too long.";
  if (/^\.{1,2}$/.test(name) || (!name && field.value)) complaint = "Please choose another name.";
  field.setCustomValidity(complaint);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  location.assign("/" + segment());
});
