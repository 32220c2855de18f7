(function () {
  "use strict";
  var explorer = document.getElementById("explorer");
  var slider = document.getElementById("slider");
  var marker = document.getElementById("marker");
  if (!explorer || !slider || !marker) { return; }
  var place = document.getElementById("place");
  var all = document.getElementById("all");
  var shots = Array.prototype.slice.call(explorer.querySelectorAll(".shot"));
  var rings = Array.prototype.slice.call(marker.querySelectorAll("circle"));

  function show(i) {
    var now = shots[i];
    shots.forEach(function (shot) { shot.classList.toggle("now", shot === now); });
    marker.setAttribute("transform", "translate(" + now.dataset.x + " 0)");
    marker.setAttribute("data-z", now.dataset.z);
    now.dataset.y.split(" ").forEach(function (y, k) { rings[k].setAttribute("cy", y); });
    slider.value = i;
    slider.setAttribute("aria-valuetext", now.dataset.title);
    place.textContent = now.dataset.title;
  }

  function nearest(z) {
    var best = 0;
    shots.forEach(function (shot, i) {
      if (Math.abs(shot.dataset.z - z) < Math.abs(shots[best].dataset.z - z)) { best = i; }
    });
    return best;
  }

  function fromHash() {
    var found = /^#z=(-?[0-9.]+)$/.exec(window.location.hash);
    show(nearest(found ? Number(found[1]) : middle()));
  }

  function middle() {
    return Number(shots[Math.floor(shots.length / 2)].dataset.z);
  }

  slider.parentNode.hidden = false;
  explorer.classList.add("live");
  slider.addEventListener("input", function () { show(Number(slider.value)); });
  all.addEventListener("click", function () {
    var live = explorer.classList.toggle("live");
    all.setAttribute("aria-pressed", String(!live));
    all.textContent = live ? "Show the whole strip" : "Show one place";
  });
  shots.forEach(function (shot, i) {
    shot.addEventListener("click", function () { show(i); });
  });
  var plot = marker.ownerSVGElement;
  plot.addEventListener("click", function (event) {
    var box = plot.getBoundingClientRect();
    var d = plot.dataset;
    var x = (event.clientX - box.left) / box.width * plot.viewBox.baseVal.width;
    var share = (x - Number(d.left)) / Number(d.width);
    show(nearest(Number(d.z0) + share * (Number(d.z1) - Number(d.z0))));
  });
  window.addEventListener("hashchange", fromHash);
  fromHash();
}());
