"""Drawings of houses for locations without a photo: six shapes, coloured by eight palettes in the style sheet.

Shapes use custom properties (`--h-wall` and so on), so one small file serves every palette. Everything that matters
stands in the middle, because a card shows a square or a wide strip of it.
"""

SHAPES = 6
PALETTES = 8

_SKY = '<rect width="400" height="320" fill="var(--h-sky)"/>'
_HILLS = (
    '<path d="M0 196Q70 150 150 186T300 176T400 168V320H0Z" fill="var(--h-hill)"/>'
    '<path d="M0 232Q120 208 220 224T400 216V320H0Z" fill="var(--h-grass)"/>'
)
_SUN = '<circle cx="286" cy="112" r="14" fill="#fff" opacity=".85"/>'
_CLOUD = (
    '<path d="M96 128a12 12 0 0 1 12-12 17 17 0 0 1 32-4 14 14 0 1 1 2 28h-34a12 12 0 0 1-12-12Z" '
    'fill="#fff" opacity=".8"/>'
)


def _box(x: int, y: int, width: int, height: int, fill: str, radius: int = 0) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}" fill="{fill}"/>'


def _wall(x: int, y: int, width: int, height: int) -> str:
    shade = f'<rect x="{x}" y="{y}" width="{width}" height="9" fill="#1b2b28" opacity=".1"/>'
    return _box(x, y, width, height, "var(--h-wall)") + shade


def _roof(points: str) -> str:
    colour = 'fill="var(--h-roof)" stroke="var(--h-roof)"'
    return f'<path d="{points}" {colour} stroke-width="6" stroke-linejoin="round"/>'


def _window(x: int, y: int, width: int = 24, height: int = 26) -> str:
    bars = f"M{x + width // 2} {y}v{height}M{x} {y + height // 2}h{width}"
    cross = f'<path d="{bars}" stroke="var(--h-wall)" stroke-width="2.5"/>'
    return _box(x, y, width, height, "var(--h-glass)", 3) + cross


def _door(x: int, y: int, height: int = 44) -> str:
    base = y + height
    path = f'<path d="M{x + 2} {base}h20L{x + 56} 320h-84Z" fill="var(--h-path)"/>'
    knob = f'<circle cx="{x + 19}" cy="{y + height // 2 + 2}" r="2" fill="#fff" opacity=".8"/>'
    return path + _box(x, y, 25, height, "var(--h-door)", 3) + knob


def _tree(x: int, y: int, size: int) -> str:
    trunk = _box(x - 3, y, 6, size + 12, "#8a6d55", 2)
    crown = f'<circle cx="{x}" cy="{y}" r="{size}" fill="var(--h-tree)"/>'
    light = f'<circle cx="{x - size // 3}" cy="{y - size // 3}" r="{size // 2}" fill="#fff" opacity=".14"/>'
    return trunk + crown + light


def _swing(x: int, y: int) -> str:
    line = (
        'fill="none" stroke="var(--h-door)" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"'
    )
    frame = f'<path d="M{x} {y + 40}l12-40h28l12 40M{x + 12} {y}h28" {line}/>'
    seat = f'<path d="M{x + 20} {y}v25h12v-25" fill="none" stroke="#6b7d78" stroke-width="2"/>'
    return frame + seat


def _ball(x: int, y: int) -> str:
    stripe = f'<path d="M{x - 7} {y}a7 4 0 0 0 14 0" fill="#fff" opacity=".55"/>'
    return f'<circle cx="{x}" cy="{y}" r="7" fill="var(--h-roof)"/>{stripe}'


def _cottage() -> str:
    body = (
        _wall(138, 152, 124, 80) + _roof("M124 152L200 92L276 152Z") + _box(232, 92, 15, 32, "var(--h-wall)")
    )
    return (
        _tree(108, 182, 24)
        + _tree(296, 190, 20)
        + body
        + _window(152, 170)
        + _window(224, 170)
        + _door(188, 188)
        + f'<circle cx="200" cy="128" r="9" fill="var(--h-glass)"/>{_ball(154, 246)}'
    )


def _long_house() -> str:
    body = _wall(120, 158, 160, 74) + _roof("M112 158L130 118H270L288 158Z")
    windows = _window(134, 174) + _window(166, 174) + _window(246, 174)
    return _tree(300, 178, 24) + body + windows + _door(208, 188) + _swing(240, 236)


def _two_gables() -> str:
    left = _wall(128, 160, 76, 72) + _roof("M118 160L166 108L214 160Z")
    right = _wall(204, 142, 74, 90) + _roof("M196 142L241 98L286 142Z")
    windows = _window(140, 178) + _window(170, 178) + _window(244, 168) + _window(216, 158, 22, 22)
    return _tree(110, 190, 20) + right + left + windows + _door(216, 188) + _ball(286, 244)


def _town_house() -> str:
    steps = "M150 140V122H162V108H176V96H224V108H238V122H250V140Z"
    body = _wall(150, 138, 100, 94) + _roof(steps)
    windows = _window(162, 152) + _window(214, 152) + _window(162, 194) + _window(189, 110, 22, 22)
    return _tree(122, 184, 26) + _tree(284, 194, 18) + body + windows + _door(214, 188) + _ball(146, 248)


def _nursery() -> str:
    body = _wall(116, 150, 168, 82) + _box(108, 138, 184, 16, "var(--h-roof)", 5)
    dome = (
        '<path d="M168 138a34 34 0 0 1 68 0Z" fill="var(--h-roof)"/>'
        '<circle cx="202" cy="124" r="8" fill="var(--h-glass)"/>'
    )
    windows = _window(128, 168, 30, 34) + _window(164, 168, 30, 34) + _window(246, 168, 28, 34)
    return _tree(304, 186, 20) + dome + body + windows + _door(208, 188) + _swing(128, 236)


def _veranda() -> str:
    body = _wall(134, 156, 132, 76) + _roof("M118 156L152 112H248L282 156Z")
    posts = _box(124, 192, 6, 40, "var(--h-door)") + _box(176, 192, 6, 40, "var(--h-door)")
    porch = _box(116, 184, 76, 10, "var(--h-roof)", 4) + posts
    return (
        _tree(290, 180, 26)
        + _tree(108, 176, 16)
        + body
        + _window(206, 176)
        + _window(236, 176)
        + _door(142, 192, 40)
        + porch
        + _ball(224, 246)
    )


def sprite() -> str:
    """The whole SVG file: symbols `h0` to `h5`, each 400 by 300."""
    drawings = [_cottage, _long_house, _two_gables, _town_house, _nursery, _veranda]
    symbols = []
    for number, draw in enumerate(drawings):
        weather = _SUN if number % 2 else _CLOUD
        scene = _SKY + weather + _HILLS + draw()
        symbols.append(
            f'<symbol id="h{number}" viewBox="0 16 400 300" preserveAspectRatio="xMidYMid slice">{scene}</symbol>'
        )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def variant(key: int) -> tuple[int, int]:
    """Shape (0-5) and palette (0-7) of a location's key: always the same, and neighbours differ."""
    return (key * 5 + key // SHAPES) % SHAPES, (key * 3 + key // PALETTES) % PALETTES
