"""Pictures as compact SVG, with the standard library alone: axes, lines, bars and rasters of spikes, light and dark as the reader's screen is.

Coordinates of data are those of the panel's domain; all else is in pixels. A raster is one path a neuron, in whole pixels.
"""
import html
import math

STYLE = """
svg{background:#fff;color:#1d2126;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
text{fill:currentColor}.q{fill:#59616b}.t{font-weight:600}.e{text-anchor:end}.m{text-anchor:middle}.a{stroke:#59616b;fill:none}.g{stroke:#e3e6ea;fill:none}
.c0{--c:#30343a}.c1{--c:#b8578f}.c2{--c:#c98a00}.c3{--c:#009e73}.c4{--c:#3a9bd6}.c5{--c:#0072b2}.c6{--c:#d55e00}.c7{--c:#8a919b}
.l{stroke:var(--c);fill:none;stroke-width:1.6;stroke-linejoin:round}.f{fill:var(--c)}.s{stroke:var(--c);fill:none;stroke-width:1}.d{stroke-dasharray:5 3}.b{fill:#f1f3f5}
@media(prefers-color-scheme:dark){svg{background:#14171b;color:#e7eaee}.q{fill:#a4acb7}.a{stroke:#a4acb7}.g{stroke:#2b3138}.b{fill:#1e2329}
.c0{--c:#e7eaee}.c1{--c:#dd8fbd}.c2{--c:#f0c04a}.c3{--c:#2fc79a}.c4{--c:#9fd3f5}.c5{--c:#4aa8e0}.c6{--c:#f0853a}.c7{--c:#7d858f}}
""".strip().replace("\n", "")


def number(x):
    """Short, and no more digits than a screen shows."""
    text = f"{x:.1f}"
    return text[:-2] if text.endswith(".0") else text


def label(x):
    """A number at an axis or a line: "0.02", "1500", "1e-5"."""
    if x == 0:
        return "0"
    if not 1e-3 <= abs(x) < 1e6:
        return f"{x:.0e}".replace("e-0", "e-").replace("e+0", "e")
    return f"{x:.0f}" if abs(x) >= 1000 else f"{x:.3g}"


def nice_ticks(low, high, most):
    """Round numbers within a span, few enough to be read."""
    step = 10 ** math.floor(math.log10((high - low) / most))
    step = next(step * factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= most)
    first = math.ceil(low / step - 1e-9)
    return [round(step * k, 12) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def log_ticks(low, high):
    """Powers of ten, or 1, 2 and 5 of them where there is hardly one."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    whole = [10.0**p for p in powers if low <= 10.0**p <= high]
    if len(whole) >= 2:
        return whole[:: max(1, math.ceil(len(whole) / 5))]
    return [d * 10.0**p for p in powers for d in (1, 2, 5) if low <= d * 10.0**p <= high] or nice_ticks(low, high, 4)


class Panel:
    """A frame at (left, top) with these domains; `log`: the y axis."""

    def __init__(self, picture, left, top, width, height, x, y, log=False):
        self.picture, self.left, self.top, self.width, self.height = picture, left, top, width, height
        self.x, self.y, self.log = x, y, log

    def at_x(self, x):
        return self.left + self.width * (x - self.x[0]) / (self.x[1] - self.x[0])

    def at_y(self, y):
        low, high = self.y
        if self.log:
            low, high, y = math.log(low), math.log(high), math.log(max(y, self.y[0]))
        return self.top + self.height * (1 - (min(max(y, low), high) - low) / (high - low))

    def title(self, text):
        self.picture.text(self.left, self.top - 7, text, "t")

    def axis_x(self, name="", most=6, labels=True):
        bottom = self.top + self.height
        self.picture.add(f'<path class="a" d="M{number(self.left)} {number(bottom + 0.5)}h{number(self.width)}"/>')
        for tick in nice_ticks(*self.x, most) if labels else []:
            self.picture.add(f'<path class="a" d="M{number(self.at_x(tick))} {number(bottom)}v4"/>')
            self.picture.text(self.at_x(tick), bottom + 16, label(tick), "q m")
        if name:
            self.picture.text(self.left + self.width, bottom + 31, name, "q e")

    def axis_y(self, name="", most=4):
        for tick in log_ticks(*self.y) if self.log else nice_ticks(*self.y, most):
            self.picture.add(f'<path class="g" d="M{number(self.left)} {number(self.at_y(tick))}h{number(self.width)}"/>')
            self.picture.text(self.left - 6, self.at_y(tick) + 4, label(tick), "q e")
        if name:
            self.picture.text(self.left, self.top - 7, name, "t")

    def line(self, xs, ys, colour, dashed=False):
        """A path through the points within the domain; a point less than a pixel to the right of the last one is left out."""
        inside = [(self.at_x(x), self.at_y(y)) for x, y in zip(xs, ys) if self.x[0] <= x <= self.x[1]]
        kept = []
        for point in inside:
            if not kept or point[0] - kept[-1][0] >= 1 or point is inside[-1]:
                kept.append(point)
        path = "L".join(f"{number(x)} {number(y)}" for x, y in kept)
        self.picture.add(f'<path class="l c{colour}{" d" if dashed else ""}" d="M{path}"/>')

    def dots(self, xs, ys, colour):
        for x, y in zip(xs, ys):
            self.picture.add(f'<circle class="f c{colour}" r="3" cx="{number(self.at_x(x))}" cy="{number(self.at_y(y))}"/>')

    def bars(self, edges, heights, colour):
        path = "".join(
            f"M{number(self.at_x(a))} {number(self.top + self.height)}V{number(self.at_y(y))}H{number(self.at_x(b) - 0.6)}V{number(self.top + self.height)}z"
            for a, b, y in zip(edges, edges[1:], heights) if y > 0)
        self.picture.add(f'<path class="f c{colour}" d="{path}"/>')

    def shade(self, begin, end):
        self.picture.add(f'<rect class="b" x="{number(self.at_x(begin))}" y="{number(self.top)}" width="{number(self.at_x(end) - self.at_x(begin))}" height="{number(self.height)}"/>')

    def raster(self, trains, colours):
        """`trains[k]`: times of the spikes of row k, ascending, the first row at the top."""
        pitch = self.height / len(trains)
        mark = max(1, round(pitch - 1))
        paths = {}
        for row, (train, colour) in enumerate(zip(trains, colours)):
            pixels = sorted({round(self.at_x(time)) for time in train if self.x[0] <= time <= self.x[1]})
            if not pixels:
                continue
            path = f"M{pixels[0]}.5 {round(self.top + row * pitch)}v{mark}"
            path += "".join(f"m{b - a}-{mark}v{mark}" for a, b in zip(pixels, pixels[1:]))
            paths.setdefault(colour, []).append(path)
        for colour, own in paths.items():
            self.picture.add(f'<path class="s c{colour}" d="{"".join(own)}"/>')


class Picture:
    """`words`: what one sees, for those who do not."""

    def __init__(self, width, height, words):
        self.width, self.height, self.words, self.parts = width, height, words, []

    def add(self, part):
        self.parts.append(part)

    def text(self, x, y, text, kind=""):
        self.add(f'<text x="{number(x)}" y="{number(y)}"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}>{html.escape(text)}</text>')

    def legend(self, x, y, entries):
        """`entries`: name, colour, dashed."""
        for name, colour, dashed in entries:
            self.add(f'<path class="l c{colour}{" d" if dashed else ""}" d="M{number(x)} {number(y - 4)}h18"/>')
            self.text(x + 23, y, name)
            x += 36 + 7 * len(name)

    def panel(self, *arguments, **named):
        return Panel(self, *arguments, **named)

    def write(self, path):
        words = html.escape(self.words, quote=True)
        path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" viewBox="0 0 {self.width} {self.height}" '
                        f'role="img" aria-label="{words}"><style>{STYLE}</style>\n' + "\n".join(self.parts) + "\n</svg>\n")
