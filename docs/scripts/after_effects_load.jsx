// Loads an export of Track Anything into After Effects: File, Scripts, Run Script File.
// Asks for NAME.manifest.json beside the export; every sequence becomes footage named after its object, in a
// composition of its size and length.
(function () {
  var chosen = File.openDialog("Manifest of the export", "*.manifest.json");
  if (!chosen) {
    return;
  }
  chosen.open("r");
  chosen.encoding = "UTF-8";
  var manifest = JSON.parse(chosen.read());
  chosen.close();
  var base = chosen.fsName.replace(/\.manifest\.json$/, "");
  var isFolder = new Folder(base).exists;
  var firsts = {};
  var names = [];
  for (var name in manifest.files) {
    if (manifest.files.hasOwnProperty(name)) {
      names.push(name);
    }
  }
  names.sort();
  for (var i = 0; i < names.length; i += 1) {
    var key = isFolder ? names[i].replace(/\d+(\.\w+)$/, "$1") : names[i];
    if (!firsts.hasOwnProperty(key)) {
      firsts[key] = isFolder ? base + "/" + names[i] : base;
    }
  }
  var rate = 25;
  var count = manifest.frames[1] - manifest.frames[0];
  app.beginUndoGroup("Load " + manifest.source.name);
  var folder = app.project.items.addFolder(manifest.source.name);
  var comp = null;
  for (var each in firsts) {
    if (!firsts.hasOwnProperty(each)) {
      continue;
    }
    var options = new ImportOptions(new File(firsts[each]));
    options.sequence = isFolder;
    var footage = app.project.importFile(options);
    var number = String(parseInt(each.split("-")[0], 10));
    footage.name = manifest.objects[number] || manifest.form;
    footage.parentFolder = folder;
    if (footage.mainSource.conformFrameRate > 0) {
      rate = footage.mainSource.conformFrameRate;
    }
    if (!comp) {
      comp = app.project.items.addComp(
        manifest.source.name, manifest.size[0], manifest.size[1], 1, count / rate, rate
      );
      comp.parentFolder = folder;
    }
    comp.layers.add(footage).name = footage.name;
  }
  app.endUndoGroup();
})();
