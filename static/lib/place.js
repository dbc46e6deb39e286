// Where the reader is, kept over a reload: not as a number of pixels, which means
// something else once the text has changed, but as a section and the distance
// from its top.

const KEY = "duplex:place";

/** Notes the reader's place for the page that is about to be loaded again. */
export function keepPlace() {
  const sections = [...document.querySelectorAll("[data-section]")];
  const top = sections.findLast((el) => el.getBoundingClientRect().top <= innerHeight / 3);
  sessionStorage.setItem(KEY, JSON.stringify({
    page: location.pathname,
    section: top?.id ?? "",
    offset: top ? top.getBoundingClientRect().top : -scrollY,
  }));
}

/** Returns to the place that was noted, if it was noted on this page. */
export function restorePlace() {
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (!kept) return;
  const { page, section, offset } = JSON.parse(kept);
  if (page !== location.pathname) return;
  const el = section ? document.getElementById(section) : document.body;
  if (el) scrollBy({ top: el.getBoundingClientRect().top - offset, behavior: "instant" });
}
