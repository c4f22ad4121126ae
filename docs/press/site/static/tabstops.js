// A box that scrolls can be reached with the tab key. Each is measured when it is a screen away: what is further is not laid out.
(() => {
  const boxes = "pre, .cell_output > .output, .pst-scrollable-table-container, .pst-scrollable-table-container > table";
  const near = new Set();
  const measure = (some) => {
    const scrolls = some.map((box) => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight);
    some.forEach((box, index) => {
      if (scrolls[index]) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) near[isIntersecting ? "add" : "delete"](target);
    measure(entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target));
  }, { rootMargin: "100% 0px" });
  for (const box of document.querySelectorAll(boxes)) observer.observe(box);
  addEventListener("resize", () => measure([...near]));
})();
