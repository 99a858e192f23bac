// The slider of time: shows the field as it was at the end of a month, and plays it.
const timeBox = document.getElementById("timeline"), PLAY_TIME = 12000;
const monthOf = (day) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7) || 1) - 1;
const datedMonths = marks.flatMap((m) => m.members.map((n) => n.day).filter(Boolean).slice(0, 1)).map(monthOf);
const FIRST_MONTH = datedMonths.reduce((a, b) => Math.min(a, b), Infinity), LAST_MONTH = datedMonths.reduce((a, b) => Math.max(a, b), -Infinity);
const isoMonth = (month) => `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;

/** The month at which the slider stands; one that names a year only stands at its end. */
const monthShown = () => (state.to ? clamp(state.to.length === 4 ? Number(state.to) * 12 + 11 : monthOf(state.to), FIRST_MONTH, LAST_MONTH) : LAST_MONTH);
/** Shows what there was at the end of a month; at the right end there is no limit. */
const goTo = (month) => update({ to: month >= LAST_MONTH ? "" : isoMonth(month) });

let playing = null;
function stopPlay() {
  if (!playing) return;
  cancelAnimationFrame(playing.frame);
  playing = null;
  drawTimeline();
}

/** Plays month by month, in about as long as it takes to tell; from the start if it stands at the end. */
function startPlay() {
  const from = monthShown() >= LAST_MONTH ? FIRST_MONTH : monthShown();
  if (still()) { goTo(monthShown() >= LAST_MONTH ? FIRST_MONTH : from + 1); return; }
  const each = PLAY_TIME / Math.max(LAST_MONTH - FIRST_MONTH, 1);
  let start = null;
  playing = { frame: 0, month: from };
  const step = (now) => {
    if (!playing) return;
    start ??= now;
    const month = Math.min(from + Math.floor((now - start) / each), LAST_MONTH);
    if (month !== playing.month) { playing.month = month; goTo(month); }
    if (month >= LAST_MONTH) stopPlay(); else playing.frame = requestAnimationFrame(step);
  };
  goTo(from);
  playing.frame = requestAnimationFrame(step);
}

const monthWords = (month) => new Intl.DateTimeFormat(state.lang === "zh" ? "zh-CN" : "en", { year: "numeric", month: "short", timeZone: "UTC" }).format(Date.UTC(Math.floor(month / 12), month % 12, 1));

/** Releases per quarter, as bars that stand where the slider does; decorative. */
const timeBars = svgEl("svg", { "aria-hidden": "true", focusable: "false" });
function drawBars() {
  const span = Math.max(LAST_MONTH - FIRST_MONTH, 1), count = new Map(), parts = [], shown = monthShown();
  for (const month of datedMonths) count.set(Math.floor(month / 3), (count.get(Math.floor(month / 3)) || 0) + 1);
  const most = Math.max(...count.values()), place = (month) => clamp((month - FIRST_MONTH) / span, 0, 1) * 100;
  const bar = (left, right, high, kind) => { if (right - left > 0.05) parts.push(svgEl("rect", { class: kind, x: `${left}%`, y: 24 - high, width: `${right - left}%`, height: high })); };
  for (const [quarter, n] of count) {
    const left = place(quarter * 3 - 0.5) + 0.12, right = place(quarter * 3 + 2.5) - 0.12, cut = clamp(place(shown + 0.5), left, right), high = Math.max(1.5, (22 * n) / most);
    bar(left, cut, high, "past"); bar(cut, right, high, "later");
  }
  for (let year = Math.ceil(FIRST_MONTH / 12); year * 12 <= LAST_MONTH; year++) parts.push(svgEl("text", { x: `${place(year * 12)}%`, y: 43, "text-anchor": place(year * 12) < 3 ? "start" : place(year * 12) > 97 ? "end" : "middle" }, String(year)));
  timeBars.replaceChildren(...parts);
}

const playButton = el("button", { type: "button", id: "play", onclick: () => (playing ? stopPlay() : startPlay()) });
const timeSlider = el("input", { type: "range", id: "until", min: String(FIRST_MONTH), max: String(LAST_MONTH), step: "1", oninput: () => { stopPlay(); goTo(Number(timeSlider.value)); } });
const monthText = el("span", { id: "month" }), releaseText = el("span", { id: "releases", className: "soft" });

function drawTimeline() {
  const month = monthShown(), words = month >= LAST_MONTH && !state.to ? t("timeline.all", monthWords(LAST_MONTH)) : t("timeline.until", monthWords(month));
  playButton.textContent = playing ? "❚❚" : "▶";
  playButton.setAttribute("aria-label", t(playing ? "timeline.pause" : still() ? "timeline.step" : "timeline.play"));
  playButton.title = playButton.getAttribute("aria-label");
  timeSlider.value = String(month);
  timeSlider.setAttribute("aria-label", t("timeline.label"));
  timeSlider.setAttribute("aria-valuetext", words);
  monthText.textContent = words;
  releaseText.textContent = t("timeline.releases", visible.marks.size);
  drawBars();
}

if (datedMonths.length && LAST_MONTH > FIRST_MONTH) timeBox.append(playButton, el("div", { className: "track" }, timeBars, timeSlider), el("div", { className: "told" }, monthText, releaseText));
// Nothing to slide along where everything is of one month.
else timeBox.hidden = true;
panels.push((changes) => {
  if (timeBox.hidden) return;
  // Whoever chooses another date, or another question, has seen enough.
  if (playing && "to" in changes && monthShown() !== playing.month) stopPlay();
  drawTimeline();
});
