'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const byId = id => document.getElementById(id);
  const SMALLEST = 0.05, LARGEST = 3, READABLE = 0.55;

  /** One graph: what is drawn, how large, and which part of it shows. */
  class Side {
    constructor(id) {
      this.id = id;
      this.boxes = data[id];
      const root = byId(id);
      this.scroll = root.querySelector('.scroll');
      this.svg = root.querySelector('.graph');
      this.map = root.querySelector('.map');
      this.elements = [...this.svg.querySelectorAll('.box')];
      this.wires = [...this.svg.querySelectorAll('.wires path')];
      this.width = this.svg.viewBox.baseVal.width;
      this.height = this.svg.viewBox.baseVal.height;
      this.scale = 1;
      this.wiresOf = this.boxes.map(() => []);
      this.groups = new Map();
      const trunks = new Map(this.wires.filter(w => !w.dataset.to).map(w => [w.dataset.from, w]));
      for (const wire of this.wires) {
        this.wiresOf[wire.dataset.from].push(wire);
        if (wire.dataset.to) this.wiresOf[wire.dataset.to].push(wire, ...[trunks.get(wire.dataset.from)].filter(Boolean));
      }
      this.boxes.forEach((box, i) => {
        if (!this.groups.has(box.group)) this.groups.set(box.group, []);
        this.groups.get(box.group).push(i);
      });
      this.groups.delete(0);
    }

    middle(i) {
      const [x, y, w, h] = this.boxes[i].at;
      return [x + w / 2, y + h / 2];
    }

    /** Zooms so that the point below (x, y) of the window stays where it is. */
    zoom(scale, x, y) {
      const frame = this.scroll.getBoundingClientRect();
      const inside = [(x ?? frame.left + frame.width / 2) - frame.left, (y ?? frame.top + frame.height / 2) - frame.top];
      const margin = () => Math.max(0, (this.scroll.clientWidth - this.width * this.scale) / 2);
      const point = [(this.scroll.scrollLeft + inside[0] - margin()) / this.scale, (this.scroll.scrollTop + inside[1]) / this.scale];
      this.scale = Math.min(LARGEST, Math.max(SMALLEST, scale));
      this.svg.setAttribute('width', this.width * this.scale);
      this.svg.setAttribute('height', this.height * this.scale);
      this.scroll.scrollLeft = point[0] * this.scale + margin() - inside[0];
      this.scroll.scrollTop = point[1] * this.scale - inside[1];
      this.drawMap();
    }

    /** The whole width, as long as that stays readable. */
    fit() {
      this.zoom(Math.min(1, Math.max(READABLE, this.scroll.clientWidth / this.width)));
      this.scroll.scrollLeft = (this.width * this.scale - this.scroll.clientWidth) / 2;
    }

    get centre() {
      return (this.scroll.scrollTop + this.scroll.clientHeight / 2) / this.scale;
    }

    set centre(y) {
      this.scroll.scrollTop = y * this.scale - this.scroll.clientHeight / 2;
    }

    /** How far below the upper edge of what shows a box is. */
    depth(i) {
      return this.middle(i)[1] * this.scale - this.scroll.scrollTop;
    }

    reveal(i, depth = this.scroll.clientHeight / 2) {
      const [x, y] = this.middle(i);
      this.scroll.scrollTop = y * this.scale - depth;
      const left = x * this.scale - this.scroll.scrollLeft;
      if (left < 60 || left > this.scroll.clientWidth - 60) this.scroll.scrollLeft = x * this.scale - this.scroll.clientWidth / 2;
    }

    /** The whole graph in a strip, and the part of it that shows. */
    drawMap() {
      const ratio = window.devicePixelRatio || 1;
      const width = this.map.clientWidth, height = this.map.clientHeight;
      if (!width || !height) return;
      this.map.width = width * ratio;
      this.map.height = height * ratio;
      const pen = this.map.getContext('2d');
      pen.scale(ratio, ratio);
      const [sx, sy] = this.mapScale();
      this.boxes.forEach((box, i) => {
        const [x, y, w, h] = box.at;
        pen.fillStyle = this.colour(i);
        pen.fillRect(3 + x * sx, y * sy, Math.max(2, w * sx), Math.max(1, h * sy));
      });
      pen.strokeStyle = getComputedStyle(this.map).color;
      pen.lineWidth = 2;
      const top = this.scroll.scrollTop / this.scale * sy, part = this.scroll.clientHeight / this.scale * sy;
      pen.strokeRect(1, top + 1, width - 2, Math.max(6, Math.min(part, height) - 2));
    }

    mapScale() {
      const fitting = this.map.clientHeight / this.height;
      return [(this.map.clientWidth - 6) / this.width, Math.min(fitting, 0.35)];
    }

    colour(i) {
      const style = this.elements[i].getAttribute('class');
      this.colours ??= new Map();
      if (!this.colours.has(style)) {
        this.colours.set(style, getComputedStyle(this.elements[i].firstChild).stroke);
      }
      return this.elements[i].classList.contains('hit') ? getComputedStyle(document.documentElement).color : this.colours.get(style);
    }
  }

  const before = new Side('before'), after = new Side('after'), sides = [before, after];
  const other = side => side === before ? after : before;

  /* What lies beside what: heights of the same op, or of the same group, in both graphs. */
  const anchors = (() => {
    const pairs = [];
    after.boxes.forEach((box, i) => {
      const partners = box.group ? before.groups.get(box.group) ?? [] : box.twin < 0 ? [] : [box.twin];
      if (partners.length) {
        const heights = partners.map(p => before.middle(p)[1]);
        pairs.push([heights.reduce((a, b) => a + b) / heights.length, after.middle(i)[1]]);
      }
    });
    pairs.sort((a, b) => a[0] - b[0]);
    const rising = [[0, 0]];
    for (const pair of pairs) if (pair[1] > rising.at(-1)[1] && pair[0] > rising.at(-1)[0]) rising.push(pair);
    rising.push([Math.max(before.height, rising.at(-1)[0] + 1), Math.max(after.height, rising.at(-1)[1] + 1)]);
    return rising;
  })();

  function across(y, from, to) {
    let low = 0, high = anchors.length - 1;
    while (high - low > 1) {
      const mid = (low + high) >> 1;
      if (anchors[mid][from] <= y) low = mid; else high = mid;
    }
    const part = (y - anchors[low][from]) / (anchors[high][from] - anchors[low][from]);
    return anchors[low][to] + part * (anchors[high][to] - anchors[low][to]);
  }

  /* The side that the reader moves leads, the other one follows. */
  let leader = before;
  for (const side of sides) {
    for (const event of ['pointerdown', 'wheel', 'keydown', 'touchstart', 'pointerenter']) {
      side.scroll.addEventListener(event, () => { leader = side; }, {passive: true});
    }
    side.map.addEventListener('pointerdown', () => { leader = side; });
    let waiting = false;
    side.scroll.addEventListener('scroll', () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        if (side === leader) follow();
        side.drawMap();
      });
    }, {passive: true});
  }

  function follow() {
    if (!byId('link').checked) return;
    const [from, to] = leader === before ? [0, 1] : [1, 0];
    const atTop = leader.scroll.scrollTop <= 0;
    if (atTop) other(leader).scroll.scrollTop = 0;
    else other(leader).centre = across(leader.centre, from, to);
  }

  function go(side, i) {
    side.reveal(i);
    align(side, i);
  }

  /** Brings what belongs to a box beside it. */
  function align(side, i) {
    const partners = mates(side, i, other(side));
    if (partners.length) {
      leader = null;
      other(side).reveal(partners[partners.length >> 1], side.depth(i));
    }
  }

  function mates(side, i, there) {
    const box = side.boxes[i];
    if (box.group) return there.groups.get(box.group) ?? [];
    if (there === side) return [i];
    return box.twin < 0 ? [] : [box.twin];
  }

  /* Pointing and choosing. */
  let lit = [];
  function light(side, i) {
    lit.forEach(e => e.classList.remove('lit'));
    lit = [];
    if (side === null) return;
    for (const there of sides) lit.push(...mates(side, i, there).map(m => there.elements[m]));
    lit.push(...side.wiresOf[i]);
    lit.forEach(e => e.classList.add('lit'));
  }

  function element(tag, text, style) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (style) made.className = style;
    return made;
  }

  const STATES = {
    END: () => 'of the net',
    FOLDED: box => 'became part of ' + after.groups.get(box.group).map(i => after.boxes[i].name) + ' (' + box.group + ')',
    DROPPED: () => 'dropped: it does nothing',
    DECLINED: () => 'stays',
    KEPT: () => 'stays as it is',
    MADE: box => 'does the work of ' + (before.groups.get(box.group) ?? []).length + ' ops of the train graph',
  };

  function describe(side, i) {
    const box = side.boxes[i];
    const parts = [element('h3', box.name), element('p', box.title + ' – ' + STATES[box.state](box))];
    if (box.why) parts.push(element('p', box.why, 'why'));
    if (box.remedy) parts.push(element('p', 'To fold it: ' + box.remedy, 'remedy'));
    const list = element('dl');
    const facts = box.rules?.length ? {...box.facts, 'Folded by': box.rules} : box.facts;
    for (const [about, lines] of Object.entries(facts)) {
      list.append(element('dt', about), ...lines.map(line => element('dd', line)));
    }
    parts.push(list);
    return parts;
  }

  const histograms = new Map([...document.querySelectorAll('.weights tbody tr')].map(row => [Number(row.dataset.group), row]));

  let chosen = null;
  function choose(side, i) {
    chosen?.classList.remove('chosen');
    chosen = side === null ? null : side.elements[i];
    chosen?.classList.add('chosen');
    const details = byId('details');
    const wasHidden = details.hidden;
    details.hidden = side === null;
    if (side !== null) {
      const close = element('button', '×', 'close');
      close.title = 'Close (Esc)';
      close.addEventListener('click', () => choose(null));
      details.replaceChildren(close, ...describe(side, i), ...family(side, i));
      light(side, i);
    } else {
      light(null);
    }
    if (wasHidden !== details.hidden) sides.forEach(s => s.drawMap());
  }

  /** The ops that became one with this one, as links, and their weights. */
  function family(side, i) {
    const parts = [];
    for (const there of sides) {
      const members = mates(side, i, there).filter(m => there !== side || m !== i);
      if (!members.length) continue;
      parts.push(element('dt', there === before ? 'In the train graph' : 'In the deploy graph'));
      const list = element('ul');
      for (const m of members.slice(0, 60)) {
        const button = element('button', there.boxes[m].name);
        button.addEventListener('click', () => { choose(there, m); go(there, m); });
        const item = element('li');
        item.append(button);
        list.append(item);
      }
      if (members.length > 60) list.append(element('li', 'and ' + (members.length - 60) + ' more'));
      parts.push(list);
    }
    histograms.get(side.boxes[i].group)?.querySelectorAll('.histogram').forEach((cell, k) => {
      parts.push(element('dt', k === 0 ? 'Weights of the branches' : 'Weights of the folded kernel'));
      const copy = element('div', undefined, 'histogram');
      copy.append(...[...cell.childNodes].map(n => n.cloneNode(true)));
      parts.push(copy);
    });
    return parts;
  }

  const tip = byId('tip');
  function showTip(parts, event) {
    tip.replaceChildren(...parts);
    tip.hidden = false;
    const x = event.clientX + 18, y = event.clientY + 14;
    tip.style.left = Math.max(4, x + tip.offsetWidth > innerWidth ? event.clientX - tip.offsetWidth - 14 : x) + 'px';
    tip.style.top = Math.max(4, Math.min(y, innerHeight - tip.offsetHeight - 6)) + 'px';
  }

  for (const side of sides) {
    const boxOf = event => event.target.closest?.('.box');
    side.svg.addEventListener('pointerover', event => {
      const box = boxOf(event);
      if (box && !side.scroll.classList.contains('dragging')) {
        light(side, Number(box.dataset.box));
        showTip(describe(side, Number(box.dataset.box)), event);
      }
    });
    side.svg.addEventListener('pointerout', event => {
      if (!boxOf(event)) return;
      tip.hidden = true;
      if (chosen) light(chosenSide(), Number(chosen.dataset.box)); else light(null);
    });

    let start = null;
    side.scroll.addEventListener('pointerdown', event => {
      if (event.button === 0 && event.pointerType === 'mouse' && event.target !== side.scroll) {
        start = [event.clientX, event.clientY, side.scroll.scrollLeft, side.scroll.scrollTop];
      }
    });
    window.addEventListener('pointermove', event => {
      if (!start) return;
      const dx = event.clientX - start[0], dy = event.clientY - start[1];
      if (!side.scroll.classList.contains('dragging') && Math.hypot(dx, dy) < 5) return;
      side.scroll.classList.add('dragging');
      tip.hidden = true;
      side.scroll.scrollLeft = start[2] - dx;
      side.scroll.scrollTop = start[3] - dy;
    });
    window.addEventListener('pointerup', () => {
      start = null;
      setTimeout(() => side.scroll.classList.remove('dragging'));
    });
    side.svg.addEventListener('click', event => {
      if (side.scroll.classList.contains('dragging')) return;
      const box = boxOf(event);
      if (!box) return choose(null);
      choose(side, Number(box.dataset.box));
      align(side, Number(box.dataset.box));
    });
    side.scroll.addEventListener('wheel', event => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      side.zoom(side.scale * Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
    }, {passive: false});

    const jump = event => {
      side.centre = (event.clientY - side.map.getBoundingClientRect().top) / side.mapScale()[1];
    };
    side.map.addEventListener('pointerdown', event => {
      side.map.setPointerCapture(event.pointerId);
      jump(event);
    });
    side.map.addEventListener('pointermove', event => { if (event.buttons) jump(event); });
  }

  function chosenSide() {
    return sides.find(s => s.svg.contains(chosen));
  }

  byId('in').addEventListener('click', () => sides.forEach(s => s.zoom(s.scale * 1.25)));
  byId('out').addEventListener('click', () => sides.forEach(s => s.zoom(s.scale / 1.25)));
  byId('fit').addEventListener('click', () => sides.forEach(s => s.fit()));
  byId('link').addEventListener('change', follow);

  /* Finding. */
  const search = byId('search');
  let hits = [], current = -1;
  function find() {
    const text = search.value.trim().toLowerCase();
    hits = [];
    current = -1;
    for (const side of sides) {
      let found = 0;
      side.boxes.forEach((box, i) => {
        const matches = text !== '' && (box.name.toLowerCase().includes(text) || box.title.toLowerCase().includes(text));
        side.elements[i].classList.toggle('hit', matches);
        if (matches) {
          hits.push([side, i]);
          found++;
        }
      });
      side.svg.classList.toggle('searching', text !== '');
      side.found = found;
      side.drawMap();
    }
    byId('found').textContent = text === '' ? '' : before.found + ' before, ' + after.found + ' after';
  }

  function next(step) {
    if (!hits.length) return;
    current = (current + step + hits.length) % hits.length;
    const [side, i] = hits[current];
    choose(side, i);
    go(side, i);
    byId('found').textContent = (current + 1) + ' of ' + hits.length;
  }

  search.addEventListener('input', find);
  search.addEventListener('keydown', event => {
    if (event.key === 'Enter') next(event.shiftKey ? -1 : 1);
  });
  document.addEventListener('keydown', event => {
    const typing = event.target === search;
    if (event.key === 'Escape') {
      search.value = '';
      find();
      choose(null);
    } else if (!typing && event.key === '/') {
      event.preventDefault();
      search.focus();
    } else if (!typing && !event.ctrlKey && !event.metaKey && ['+', '-', '0'].includes(event.key)) {
      byId({'+': 'in', '-': 'out', '0': 'fit'}[event.key]).click();
    }
  });

  /* Tabs, links from the tables, sorting, colours. */
  const tabs = [...document.querySelectorAll('[role="tab"]')];
  function open(id) {
    for (const tab of tabs) {
      const here = tab.getAttribute('aria-controls') === id;
      tab.setAttribute('aria-selected', here);
      byId(tab.getAttribute('aria-controls')).hidden = !here;
    }
    if (id === 'graphs') sides.forEach(s => s.drawMap());
  }
  tabs.forEach(tab => tab.addEventListener('click', () => open(tab.getAttribute('aria-controls'))));

  function visit(side, i) {
    open('graphs');
    choose(side, i);
    go(side, i);
  }
  document.querySelectorAll('.jump').forEach(b => b.addEventListener('click', () => visit(before, Number(b.dataset.box))));
  document.querySelectorAll('.chip').forEach(b => b.addEventListener('click', () => visit(after, after.groups.get(Number(b.dataset.group))[0])));

  const headings = [...document.querySelectorAll('th[data-sort]')];
  headings.forEach(heading => heading.addEventListener('click', () => {
    const down = heading.getAttribute('aria-sort') !== 'descending' && heading.dataset.sort !== '0'
      || heading.dataset.sort === '0' && heading.getAttribute('aria-sort') === 'ascending';
    headings.forEach(h => h.removeAttribute('aria-sort'));
    heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const body = document.querySelector('.weights tbody');
    const value = row => Number(row.querySelectorAll('[data-value]')[heading.dataset.sort].dataset.value);
    const rows = [...body.rows].map(row => [value(row), row]);
    rows.sort((a, b) => down ? b[0] - a[0] : a[0] - b[0]);
    body.append(...rows.map(r => r[1]));
  }));

  /* How many weights a bar of a histogram stands for. */
  document.addEventListener('pointermove', event => {
    const chart = event.target.closest?.('.histogram svg');
    if (!chart) {
      if (!event.target.closest?.('.box')) tip.hidden = true;
      return;
    }
    const counts = chart.dataset.counts.split(' ');
    const frame = chart.getBoundingClientRect();
    const bar = Math.min(counts.length - 1, Math.max(0, Math.floor((event.clientX - frame.left) / frame.width * counts.length)));
    const from = Number(chart.dataset.from), width = (Number(chart.dataset.to) - from) / counts.length;
    const edge = k => (from + k * width).toPrecision(3);
    const text = Number(counts[bar]).toLocaleString('en') + ' weights from ' + edge(bar) + ' to ' + edge(bar + 1);
    showTip([element('span', text)], event);
  });

  byId('theme').addEventListener('click', () => {
    const root = document.documentElement;
    const dark = (root.style.colorScheme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
    root.style.colorScheme = dark ? 'light' : 'dark';
    sides.forEach(s => {
      s.colours = undefined;
      s.drawMap();
    });
  });

  window.addEventListener('resize', () => sides.forEach(s => s.drawMap()));
  sides.forEach(s => s.fit());
  sides.forEach(s => { s.scroll.scrollTop = 0; });
  open('graphs');
})();
