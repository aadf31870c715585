// On the coverage pages: adds "umur N hari" to dates, by the reader's own clock. Without scripts the date alone stands.
import { todayWib } from "./alat.js";

const english = document.documentElement.lang === "en";

for (const node of document.querySelectorAll("time[data-umur]")) {
  const days = Math.round((Date.parse(todayWib()) - Date.parse(node.dateTime)) / 86400000);
  if (Number.isFinite(days) && days >= 0) {
    const words = document.createElement("span");
    words.className = "small soft";
    words.textContent = english ? ` (${days} days old)` : ` (umur ${days} hari)`;
    node.after(words);
  }
}
