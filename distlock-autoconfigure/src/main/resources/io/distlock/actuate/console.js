'use strict';

// Everything that comes from outside goes into the page as text, never as markup.

const PAGE = 100;
const EVERY = 1000;
const api = location.pathname.replace(/console\/?$/, '');
const find = selector => document.querySelector(selector);
const svgNamespace = 'http://www.w3.org/2000/svg';

let offset = 0;
let paused = false;
let asked = null;
let seen = '';

function element(name, content = '', properties = {}) {
  const made = document.createElement(name);
  made.append(...[content].flat().map(part => part instanceof Node ? part : String(part)));
  return Object.assign(made, properties);
}

function shape(name, attributes, text) {
  const made = document.createElementNS(svgNamespace, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

function time(millis) {
  if (millis === undefined || millis === null) {
    return 'for ever';
  }
  return millis < 1000 ? `${Math.round(millis)} ms`
    : millis < 120000 ? `${(millis / 1000).toFixed(1)} s`
      : `${Math.round(millis / 60000)} min`;
}

async function get(path) {
  const response = await fetch(api + path, { headers: { Accept: 'application/json' }, cache: 'no-store' });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(body.detail || `answer ${response.status}`);
  }
  return body;
}

const path = (locker, key) => `/${encodeURIComponent(locker)}?key=${encodeURIComponent(key)}`;

// ---- what is held and awaited ----

function rowOf(lock) {
  const key = element('button', lock.key, { type: 'button', className: 'key' });
  key.dataset.locker = lock.locker;
  key.dataset.key = lock.key;
  const cells = Array.from({ length: 5 }, () => element('td'));
  return element('tr', [element('td', [key, lock.locker === 'default' ? '' : ` at ${lock.locker}`]), ...cells]);
}

function fill(row, lock) {
  const held = lock.held;
  const names = new Set([held, ...lock.waiting].filter(Boolean).map(one => one.name));
  [
    [...names].join(', '),
    held ? held.thread || 'no thread' : 'elsewhere',
    held ? time(held.held) : '',
    held ? time(held.valid) + (held.renewed ? '' : ', not renewed') : '',
    lock.waiting.length === 0 ? '' : `${lock.waiting.length}, the first for ${time(lock.waiting[0].waited)}`
  ].forEach((text, i) => {
    row.cells[i + 1].textContent = text;
  });
}

// Rows stay while their locks do, so that the focus, and what a screen reader reads, is not taken away every second.
let rows = new Map();

function showLocks(report) {
  const next = new Map(report.locks.map(lock => {
    const id = `${lock.locker}/${lock.key}`;
    const row = rows.get(id) || rowOf(lock);
    fill(row, lock);
    return [id, row];
  }));
  if (rows.size === 0 || [...next.keys()].join('\n') !== [...rows.keys()].join('\n')) {
    const focused = document.activeElement;
    find('#locks tbody').replaceChildren(...(next.size > 0 ? next.values()
      : [element('tr', element('td', 'Nothing is held or awaited by this instance.', { colSpan: 6 }))]));
    if (focused && focused.dataset.key !== undefined) {
      (focused.isConnected ? focused : find('#locks')).focus();
    }
  }
  rows = next;
  const last = Math.min(report.total, report.offset + report.locks.length);
  find('#page').textContent = report.total === 0 ? '' : `${report.offset + 1} to ${last} of ${report.total}`;
  find('#previous').disabled = report.offset === 0;
  find('#next').disabled = last >= report.total;
}

// ---- contention ----

function showContention(slots) {
  const parts = slots.map(slot => [
    ['taken', Math.max(0, slot.taken - slot.waited)], ['waited', slot.waited], ['refused', slot.refused], ['lost', slot.lost]
  ]);
  const sums = parts.map(bars => bars.reduce((sum, [, count]) => sum + count, 0));
  const most = Math.max(1, ...sums);
  const width = 600 / slots.length;
  const shapes = [];
  parts.forEach((bars, i) => {
    let top = 120;
    bars.filter(([, count]) => count > 0).forEach(([kind, count]) => {
      const height = Math.max(1, count / most * 115);
      top -= height;
      shapes.push(shape('rect', { class: kind, x: i * width, y: top, width: width - 1, height }));
    });
  });
  find('#plot').replaceChildren(...shapes);
  const sum = kind => slots.reduce((all, slot) => all + slot[kind], 0);
  const seconds = slots.length < 2 ? 0 : (Date.parse(slots[1].start) - Date.parse(slots[0].start)) / 1000;
  find('#plot-text').textContent = `In the last ${Math.round(seconds * slots.length / 60)} minutes: ${sum('taken')} granted, `
    + `${sum('waited')} of them after more than 5 ms, ${sum('refused')} not granted, ${sum('lost')} lost; `
    + `at most ${most} in ${seconds} seconds.`;
}

// ---- the wait-for graph ----

const NODE = 9;

// Bent to one side, so that two who wait for each other are two lines; it ends at the rim of the circle.
function bow([x1, y1], [x2, y2]) {
  const bend = 0.18;
  const cx = (x1 + x2) / 2 - (y2 - y1) * bend;
  const cy = (y1 + y2) / 2 + (x2 - x1) * bend;
  const length = Math.hypot(x2 - cx, y2 - cy) || 1;
  const rim = (NODE + 3) / length;
  return `M${x1} ${y1} Q${cx} ${cy} ${x2 - (x2 - cx) * rim} ${y2 - (y2 - cy) * rim}`;
}

// Outside of the circle of nodes, where no line runs.
function label(node, x, y) {
  const side = x > 410 ? 1 : x < 390 ? -1 : 0;
  const text = shape('text', {
    x: x + side * 18, y: side === 0 ? y + (y > 130 ? 26 : -16) : y + 4,
    'text-anchor': side > 0 ? 'start' : side < 0 ? 'end' : 'middle'
  }, node.length > 28 ? `${node.slice(0, 27)}…` : node);
  text.append(shape('title', {}, node));
  return text;
}

function showGraph(graph) {
  const dead = new Set(graph.deadlocks.flat());
  const isDead = edge => graph.deadlocks.some(circle => circle.includes(edge.holds) && circle.includes(edge.waitsFor));
  const nodes = [...new Set(graph.edges.flatMap(edge => [edge.holds, edge.waitsFor]))].slice(0, 24);
  const place = new Map(nodes.map((node, i) => {
    const angle = 2 * Math.PI * i / nodes.length;
    return [node, [400 + 190 * Math.cos(angle), 130 + 85 * Math.sin(angle)]];
  }));
  const drawing = find('#graph');
  drawing.toggleAttribute('hidden', nodes.length === 0);
  drawing.setAttribute('viewBox', '0 0 800 260');
  const arrow = shape('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 6, markerHeight: 6, orient: 'auto' });
  arrow.append(shape('path', { d: 'M0 0 L8 4 L0 8 z', fill: 'context-stroke' }));
  const drawn = new Map(graph.edges.filter(edge => place.has(edge.holds) && place.has(edge.waitsFor) && edge.holds !== edge.waitsFor)
    .map(edge => [`${edge.holds}\n${edge.waitsFor}`, edge]));
  const lines = [...drawn.values()].map(edge => shape('path', {
    d: bow(place.get(edge.holds), place.get(edge.waitsFor)), class: isDead(edge) ? 'edge dead' : 'edge', 'marker-end': 'url(#arrow)'
  }));
  const points = nodes.flatMap(node => {
    const [cx, cy] = place.get(node);
    return [shape('circle', { cx, cy, r: NODE, class: dead.has(node) ? 'dead' : '' }), label(node, cx, cy)];
  });
  drawing.replaceChildren(arrow, ...lines, ...points);
  find('#edges').replaceChildren(...(graph.edges.length === 0 ? [element('li', 'Nobody here waits for a lock while holding another.')]
    : graph.edges.map(edge => element('li', [edge.who, ' holds ', element('code', edge.holds), ' and waits for ', element('code', edge.waitsFor),
      isDead(edge) ? ': deadlock' : ''], { className: isDead(edge) ? 'dead' : '' }))));
  const alarm = find('#alarm');
  const text = graph.deadlocks.map(circle => `Deadlock: ${circle.join(', ')} wait for each other. `).join('');
  if (alarm.textContent !== text) {
    alarm.textContent = text;
    alarm.toggleAttribute('hidden', text === '');
  }
}

// ---- events ----

function showEvents(events) {
  find('#events tbody').replaceChildren(...(events.length > 0 ? events.slice(0, 50).map(event => element('tr', [
    element('td', new Date(event.time).toLocaleTimeString()),
    element('td', event.what, { className: event.what }),
    element('td', element('code', event.key)),
    element('td', event.name),
    element('td', event.detail)
  ])) : [element('tr', element('td', 'Nothing unusual has happened.', { colSpan: 5 }))]));
}

// ---- one key ----

function describe(process, thread) {
  const where = process.application ? `${process.application} on ${process.host}, process ${process.pid}` : process.instance;
  return thread ? `${where}, thread ${thread}` : where;
}

function ends(holder) {
  return holder.remaining === undefined || holder.remaining === null ? 'never' : `in ${time(holder.remaining)} unless renewed`;
}

function showKey(report) {
  const holder = report.holder;
  const sharers = report.sharers.map(one => ({ ...one, remaining: 0 }));
  const text = JSON.stringify({ ...report, sharers, holder: { ...holder, remaining: 0 } });
  if (text === seen) {
    if (holder) {
      find('#ends').textContent = ends(holder);
    }
    return;
  }
  seen = text;
  const facts = element('dl');
  const fact = (name, value, id = '') => facts.append(element('dt', name), element('dd', value, { id }));
  fact('Key', element('code', report.key));
  if (holder) {
    fact('Held by', describe(holder.process, holder.thread));
    fact('Name', holder.name || 'unknown');
    fact('Since', holder.since ? new Date(holder.since).toLocaleString() : 'unknown');
    fact('Ends', ends(holder), 'ends');
    fact('Fence', holder.fence ?? 'none');
    Object.entries(holder.metadata).filter(([name]) => !['instance', 'thread', 'name', 'holds'].includes(name))
      .forEach(([name, value]) => fact(name === 'traceparent' ? 'Trace' : name, element('code', value)));
    if (sharers.length > 0) {
      fact('Shared by', element('ol', sharers.map(one => element('li', describe(one.process, one.thread)
        + `, since ${new Date(one.since).toLocaleString()}, fence ${one.fence}`))));
    }
  } else {
    fact('Held by', 'nobody');
  }
  fact('In line', report.waiting.length === 0 ? 'nobody'
    : element('ol', report.waiting.map(one => element('li', describe(one.process, one.thread)
      + (one.holds.length > 0 ? `, holding ${one.holds.join(', ')}` : '')))));
  const parts = [facts];
  if (holder) {
    const free = element('button', 'Free by force …', { type: 'button', id: 'free-it' });
    free.addEventListener('click', () => confirmFreeing(report));
    parts.push(free);
  }
  find('#key').replaceChildren(...parts);
}

async function showAsked() {
  if (asked) {
    try {
      showKey(await get(path(asked.locker, asked.key)));
    } catch (failure) {
      seen = '';
      find('#key').replaceChildren(element('p', failure.message, { className: 'lost' }));
    }
  }
}

function ask(locker, key) {
  asked = { locker, key };
  seen = '';
  find('#ask').elements.locker.value = locker;
  find('#ask').elements.key.value = key;
  return showAsked();
}

// ---- freeing ----

let freeing = null;

function confirmFreeing(report) {
  freeing = report;
  find('#free-title code').textContent = report.key;
  find('#free-holder').textContent = `Held by ${describe(report.holder.process, report.holder.thread)}.`;
  find('#sure').checked = false;
  find('#really').disabled = true;
  find('#free').returnValue = '';
  find('#free').showModal();
}

async function free(report) {
  const address = api + path(report.locker, report.key) + `&token=${encodeURIComponent(report.holder.token)}`;
  const response = await fetch(address, { method: 'DELETE', headers: { Accept: 'application/json' } });
  const body = await response.json().catch(() => ({}));
  const refused = response.status === 405 || response.status === 401 || response.status === 403;
  find('#state').textContent = body.detail && !refused ? body.detail
    : refused ? 'Not freed: set management.endpoint.distlock.access=unrestricted, and be allowed to.'
      : `Not freed: answer ${response.status}`;
  await showAsked();
}

find('#sure').addEventListener('change', event => {
  find('#really').disabled = !event.target.checked;
});
find('#free').addEventListener('close', () => {
  if (find('#free').returnValue === 'free' && find('#sure').checked) {
    free(freeing);
  }
});

// ---- all together ----

async function renew() {
  if (!paused && !document.hidden) {
    try {
      const report = await get(`?offset=${offset}&limit=${PAGE}`);
      if (offset > 0 && offset >= report.total) {
        offset = 0;
      }
      showLocks(report);
      showContention(report.contention);
      showGraph(report.graph);
      showEvents(report.events);
      await showAsked();
      document.body.dataset.live = 'yes';
      if (!find('#state').textContent.startsWith('Not freed') && !find('#state').textContent.startsWith('The hold')) {
        find('#state').textContent = 'Live';
      }
    } catch (failure) {
      document.body.dataset.live = 'no';
      find('#state').textContent = `Not live: ${failure.message}`;
    }
  }
  setTimeout(renew, EVERY);
}

find('#pause').addEventListener('click', event => {
  paused = !paused;
  event.target.setAttribute('aria-pressed', String(paused));
  find('#state').textContent = paused ? 'Paused' : 'Live';
});
find('#previous').addEventListener('click', () => {
  offset = Math.max(0, offset - PAGE);
});
find('#next').addEventListener('click', () => {
  offset += PAGE;
});
find('#locks').addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button) {
    ask(button.dataset.locker, button.dataset.key);
  }
});
find('#ask').addEventListener('submit', event => {
  event.preventDefault();
  ask(event.target.elements.locker.value.trim(), event.target.elements.key.value);
});

renew();
