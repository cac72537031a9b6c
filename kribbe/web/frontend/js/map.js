import { AttributionControl, LngLatBounds, Map as MapLibre, Marker, NavigationControl, setWorkerUrl } from "maplibre-gl";

// Points are clustered by MapLibre and shown as real buttons, so that they have a name and take the keyboard.
// Areas and points never wait for the base map: where its tiles don't come, the outlines stand alone.

const BASE_WAIT = 6000;
const GROUND = { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": "#eef3f0" } }] };

function addBase(map, { base, attribution }) {
  map.addSource("base", { type: "raster", tiles: [base], tileSize: 256, attribution: attribution || "" });
  const paint = { "raster-saturation": -0.45, "raster-opacity": 0.85 };
  map.addLayer({ id: "base", type: "raster", source: "base", paint }, map.getLayer("area-fill") ? "area-fill" : undefined);
}

function whenBaseFails(map, work) {
  const watch = { data: null, error: null };
  const stop = () => {
    clearTimeout(timer);
    map.off("data", watch.data);
    map.off("error", watch.error);
  };
  const fail = () => {
    stop();
    work();
  };
  const timer = setTimeout(fail, BASE_WAIT);
  watch.data = ({ sourceId, tile }) => sourceId === "base" && tile?.state === "loaded" && stop();
  watch.error = ({ sourceId }) => sourceId === "base" && map.areTilesLoaded() && fail();
  map.on("data", watch.data);
  map.on("error", watch.error);
}

function goSchematic(map, box, words) {
  map.removeLayer("base");
  map.removeSource("base");
  if (map.getLayer("area-fill")) paintAreas(map, SCHEMATIC);
  say(box, "map__quiet", words.schematic);
}

function say(box, className, text) {
  const line = box.querySelector(".map__wait") ?? document.createElement("p");
  line.className = className;
  line.setAttribute("role", "status");
  line.textContent = text;
  box.append(line);
}

const SCHEMATIC = { "fill-color": "#ffffff", "fill-opacity": 0.8 };

function paintAreas(map, paint) {
  for (const [name, value] of Object.entries(paint)) map.setPaintProperty("area-fill", name, value);
}

function addAreas(map, url, colour, isSchematic) {
  map.addSource("areas", { type: "geojson", data: url });
  const fill = isSchematic ? SCHEMATIC : { "fill-color": colour, "fill-opacity": 0.05 };
  map.addLayer({ id: "area-fill", type: "fill", source: "areas", paint: fill });
  const paint = { "line-color": colour, "line-width": 1.5, "line-dasharray": [3, 2], "line-opacity": 0.7 };
  map.addLayer({ id: "area-line", type: "line", source: "areas", paint });
}

function addPoints(map, data) {
  map.addSource("points", { type: "geojson", data, cluster: true, clusterRadius: 44, clusterMaxZoom: 15 });
  map.addLayer({ id: "points", type: "circle", source: "points", paint: { "circle-opacity": 0, "circle-radius": 1 } });
}

function button(className, text, label) {
  const made = document.createElement("button");
  const inner = document.createElement("span");
  made.type = "button";
  made.className = className;
  made.setAttribute("aria-label", label);
  inner.textContent = text;
  made.append(inner);
  return made;
}

function groupButton(map, { properties, geometry }, words) {
  const made = button("map-group", properties.point_count_abbreviated, words.group.replace("%d", properties.point_count));
  made.addEventListener("click", async () => {
    const zoom = await map.getSource("points").getClusterExpansionZoom(properties.cluster_id);
    map.easeTo({ center: geometry.coordinates, zoom: zoom + 0.3 });
  });
  return made;
}

function placeButton({ properties }) {
  const { id, name, number, free, url } = properties;
  const made = button(`map-pin map-pin--${free || "all"}`, number ?? "•", number ? `${number}. ${name}` : name);
  made.dataset.place = id;
  made.title = name;
  made.addEventListener("click", () => {
    const card = document.getElementById(`place-${id}`);
    const seen = card && card.offsetParent !== null;
    if (!seen) return window.location.assign(url);
    card.scrollIntoView({ block: "center" });
    card.querySelector("a")?.focus({ preventScroll: true });
  });
  return made;
}

function keepMarkers(map, words) {
  const shown = new Map();
  return () => {
    const wanted = new Map();
    for (const feature of map.querySourceFeatures("points")) {
      const { cluster, cluster_id: group, id } = feature.properties;
      wanted.set(cluster ? `group ${group}` : `place ${id}`, feature);
    }
    for (const [key, marker] of shown) {
      if (wanted.has(key)) continue;
      marker.remove();
      shown.delete(key);
    }
    for (const [key, feature] of wanted) {
      if (shown.has(key)) continue;
      const { cluster } = feature.properties;
      const element = cluster ? groupButton(map, feature, words) : placeButton(feature);
      const marker = new Marker({ element, anchor: cluster ? "center" : "bottom" });
      shown.set(key, marker.setLngLat(feature.geometry.coordinates).addTo(map));
    }
  };
}

function fit(map, points, home) {
  const bounds = new LngLatBounds();
  points.features.slice(0, 60).forEach(({ geometry }) => bounds.extend(geometry.coordinates));
  if (home) bounds.extend(home);
  if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: 56, maxZoom: 15, animate: false });
}

function addHome(map, home, label) {
  const element = document.createElement("div");
  element.className = "map-home";
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  new Marker({ element }).setLngLat(home).addTo(map);
}

export async function drawMap(box) {
  if (box.dataset.ready) return;
  box.dataset.ready = "yes";
  const words = JSON.parse(box.dataset.words);
  try {
    await draw(box, words);
  } catch {
    say(box, "map__wait", words.failed);
  }
}

async function draw(box, words) {
  const { worker, points: url, areas, base, home: where } = box.dataset;
  const home = where ? where.split(",").map(Number) : null;
  const answer = await fetch(url, { headers: { Accept: "application/geo+json" } });
  const points = await answer.json();
  setWorkerUrl(new URL(worker, window.location.href).href);
  const map = new MapLibre({
    container: box.querySelector(".map__canvas"),
    style: GROUND,
    center: home ?? [4.7, 50.88],
    zoom: 12,
    locale: words.locale,
    attributionControl: false,
    cooperativeGestures: true,
    fadeDuration: 0,
  });
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new AttributionControl({ compact: true }), "top-left");
  fit(map, points, home);
  map.on("load", () => {
    const colour = getComputedStyle(box).getPropertyValue("--map-line").trim() || "#0b5d56";
    if (areas) addAreas(map, areas, colour, !base);
    addPoints(map, points);
    if (home) addHome(map, home, words.home);
    const refresh = keepMarkers(map, words);
    map.on("idle", refresh);
    map.on("moveend", refresh);
    map.on("sourcedata", ({ sourceId, isSourceLoaded }) => sourceId === "points" && isSourceLoaded && refresh());
    box.querySelector(".map__wait")?.remove();
    if (!base) return;
    addBase(map, box.dataset);
    whenBaseFails(map, () => goSchematic(map, box, words));
  });
}
