// The welcome page. It opens the page of the event whose name is entered.
const form = document.getElementById("join");
const field = document.getElementById("event");

// A name is one percent-encoded segment of a path and has at most 255 bytes there. The names "."
// and ".." are steps in a path, which no browser requests.
const segment = () => encodeURIComponent(field.value.trim());

field.addEventListener("input", () => {
  const name = segment();
  let problem = "";
  if (name.length > 255) problem = "This name is too long.";
  if (/^\.{1,2}$/.test(name) || (!name && field.value)) problem = "Please choose another name.";
  field.setCustomValidity(problem);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  location.assign("/" + segment());
});
