//! Pictures of an explanation: in the terminal, and as a page that reads without color, aloud and on paper.

use crate::support::root;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

fn enact(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_enact")).args(args).current_dir(root()).env("NO_COLOR", "1").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn snapshot(name: &str, page: &str) {
    insta::with_settings!({ snapshot_path => root().join("tests/golden/pictures"), prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name.to_owned(), page);
    });
}

/// Whose pictures are kept: a district that is eligible for two things, one whose colors are known from a list of the Red
/// ones alone, one of the year that had levels instead of colors, and one in a suspended year.
const KEPT: [(&str, &str, &str); 4] = [
    ("eligible", "South Monterey County Joint Union High", "2023"),
    ("undetermined", "Old Adobe Union", "2023"),
    ("levels", "Salinas Union High", "2022"),
    ("suspended", "Salinas Union High", "2021"),
];

#[test]
fn grids_in_the_terminal() {
    for (name, who, year) in KEPT {
        let text = enact(&["explain", who, "--dashboard", year, "--grid", "--length", "sentence"]);
        assert!(!text.contains('\u{1b}'), "no color was asked for");
        let pictures = text.lines().filter(|line| !line.ends_with('.')).map(|line| line.chars().count());
        assert!(pictures.max().unwrap() <= 100, "{text}");
        snapshot(name, &text);
    }
}

#[test]
fn swatches_stand_beside_words() {
    let json: serde_json::Value =
        serde_json::from_str(&enact(&["explain", KEPT[0].1, "--dashboard", KEPT[0].2, "--format", "json"])).unwrap();
    let cells = json["grids"][0]["cells"].as_array().unwrap().iter().flat_map(|row| row.as_array().unwrap());
    let (mut swatches, mut carrying) = (0, 0);
    for cell in cells {
        swatches += usize::from(cell["swatch"].is_string());
        carrying += usize::from(cell["carries"].is_array());
        assert!(cell["swatch"].is_null() || cell["value"].is_string(), "{cell}");
        assert!(!cell["words"].as_str().unwrap().is_empty());
    }
    assert!(swatches > 20 && carrying > 0, "{swatches} {carrying}");
}

/// The strip says of a year what the list of that year says.
#[test]
fn strips_agree_with_the_lists() {
    let (_, who, year) = KEPT[0];
    let json: serde_json::Value = serde_json::from_str(&enact(&["explain", who, "--dashboard", year, "--format", "json"])).unwrap();
    let key = json["key"].as_str().unwrap();
    for year in [2018, 2022, 2024] {
        let list: serde_json::Value =
            serde_json::from_str(&enact(&["assess", "--dashboard", &year.to_string(), "--region", &key[..7], "--format", "json", "--all"]))
                .unwrap();
        let mut n = 0;
        for strip in json["strips"].as_array().unwrap() {
            let own = strip["years"].as_array().unwrap().iter().find(|own| own["year"] == year).unwrap();
            let mut lines = list["lines"].as_array().unwrap().iter();
            let line = lines.find(|line| line["key"] == key && line["pathway"] == strip["pathway"]).unwrap();
            assert_eq!((&own["answer"], &own["by"]), (&line["answer"], &line["clauses"]), "{year} {}", strip["pathway"]);
            n += 1;
        }
        assert!(n > 3);
    }
}

fn page(who: &str, year: &str) -> String {
    enact(&["explain", who, "--dashboard", year, "--format", "html"])
}

#[test]
fn pages() {
    for (name, who, year) in KEPT {
        let page = page(who, year);
        well_made(&page);
        if name == "eligible" || name == "undetermined" {
            snapshot(&format!("{name}_page"), &page);
        }
    }
    well_made(&enact(&["explain", "Alisal Union", "--dashboard", "2023", "--format", "html", "--all"]));
}

/// A tag, its attributes, and the text up to the next tag.
struct Tag<'p> {
    name: &'p str,
    closes: bool,
    attributes: BTreeMap<&'p str, &'p str>,
    text: &'p str,
}

fn tags(page: &str) -> Vec<Tag<'_>> {
    let body = page.split_once("<!DOCTYPE html>\n").expect("a doctype").1;
    let mut out = Vec::new();
    for piece in body.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("`<{piece}` is not closed"));
        let (closes, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let (name, rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes = BTreeMap::new();
        let mut rest = rest;
        while !rest.is_empty() {
            match rest.split_once("=\"").filter(|(key, _)| !key.contains(' ')) {
                Some((key, after)) => {
                    let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("{tag}"));
                    assert!(attributes.insert(key, value).is_none(), "{tag}");
                    rest = after.trim_start();
                }
                None => {
                    let (key, after) = rest.split_once(' ').unwrap_or((rest, ""));
                    attributes.insert(key, "");
                    rest = after;
                }
            }
        }
        out.push(Tag { name, closes, attributes, text });
    }
    out
}

/// Structure that screen readers and printers rely on, and contrast.
fn well_made(page: &str) {
    for outside in ["<script", "<link", "<img", "<iframe", "http:", "https:", "url(", "@import", " on", "style=\""] {
        let tags: String = page.split('<').skip(1).filter_map(|piece| piece.split('>').next()).map(|tag| format!("<{tag}>\n")).collect();
        assert!(!tags.contains(outside), "a page needs nothing beside itself: {outside}");
    }
    let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    assert!(!style.contains("url(") && !style.contains("@import") && style.contains("@media print"));
    let tags = tags(page);
    let (mut open, mut heading, mut ids, mut labels) = (Vec::new(), 0, BTreeSet::new(), Vec::new());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut parent = "";
    for tag in &tags {
        if tag.closes {
            assert_eq!(open.pop(), Some(tag.name), "`</{}>` closes something else", tag.name);
            parent = "";
            continue;
        }
        *counts.entry(tag.name).or_default() += 1;
        if let Some(level) = tag.name.strip_prefix('h').and_then(|level| level.parse::<usize>().ok()) {
            assert!(level <= heading + 1, "a heading of level {level} below one of level {heading}");
            heading = level;
        }
        if let Some(id) = tag.attributes.get("id") {
            assert!(ids.insert(*id), "`{id}` twice");
        }
        labels.extend(tag.attributes.get("aria-labelledby").copied());
        match tag.name {
            "html" => assert_eq!(tag.attributes.get("lang"), Some(&"en")),
            "title" => assert!(!tag.text.trim().is_empty()),
            "th" => assert!(matches!(tag.attributes.get("scope"), Some(&("col" | "row")))),
            "caption" => assert_eq!(parent, "table", "a caption comes first"),
            "td" => assert!(tag.text.chars().any(char::is_alphabetic), "a cell without its word"),
            "ul" => {}
            "li" => assert_eq!(open.last(), Some(&"ul")),
            "summary" => assert_eq!(parent, "details"),
            _ => {}
        }
        if tag.name != "meta" {
            open.push(tag.name);
            parent = tag.name;
        }
    }
    assert!(open.is_empty(), "{open:?}");
    assert_eq!((counts["h1"], counts["main"], counts["title"]), (1, 1, 1));
    assert_eq!(counts.get("table"), counts.get("caption"));
    assert!(labels.iter().all(|label| ids.contains(label)));
    contrast(style);
}

fn luminance(color: &str) -> f64 {
    let light = |at: usize| {
        let c = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * light(1) + 0.7152 * light(3) + 0.0722 * light(5)
}

/// WCAG 2.2, 1.4.3 (AA): text 4.5 to 1. Every rule that colors text or its ground says both.
fn contrast(style: &str) {
    let mut n = 0;
    for rule in style.split('}') {
        let rule = rule.rsplit('{').next().unwrap();
        let of = |name: &str| rule.split(';').map(str::trim).find_map(|line| line.strip_prefix(name)).map(str::trim);
        match (of("color:"), of("background:")) {
            (Some(text), Some(ground)) => {
                let (a, b) = (luminance(text), luminance(ground));
                let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(ratio >= 4.5, "{text} on {ground}: {ratio:.2} to 1");
                n += 1;
            }
            (None, None) => {}
            _ => panic!("text and ground are colored together: {rule}"),
        }
    }
    assert!(n > 5);
}

/// A browser at hand, if it can draw an empty page.
fn chromium(folder: &Path) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let found = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    let on_path = std::env::split_paths(&path).flat_map(|folder| found.map(|name| folder.join(name)));
    let program = named.into_iter().chain(on_path).find(|path| path.is_file());
    let works = program.filter(|program| {
        let shot = folder.join("empty.png");
        let _ = drive(program, folder, &[&format!("--screenshot={}", shot.display()), "about:blank"]);
        shot.is_file()
    });
    if works.is_none() {
        // past what catches the output of tests
        let _ = writeln!(std::io::stderr(), "SKIPPED: no Chromium that runs; the page was not drawn and not printed");
    }
    works
}

fn drive(program: &Path, folder: &Path, args: &[&str]) -> std::io::Result<std::process::Output> {
    Command::new(program)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .args(args)
        .output()
}

/// Drawn by a browser, a cell has the color of its value and is not blank; printed, the page takes two sheets.
#[test]
fn a_browser_draws_and_prints_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = chromium(folder.path()) else { return };
    for (name, who, year) in KEPT {
        let html = page(who, year);
        let file = folder.path().join(format!("{name}.html"));
        std::fs::write(&file, &html).unwrap();
        let address = format!("file://{}", file.display());
        let (shot, print) = (file.with_extension("png"), file.with_extension("pdf"));
        let args = [&format!("--screenshot={}", shot.display()), "--window-size=1100,3000", &address];
        drive(&program, folder.path(), &args).unwrap();
        let seen = colors(&std::fs::read(&shot).unwrap());
        assert!(seen.len() > 10, "{name} is blank: {} colors", seen.len());
        for (at, _) in html.match_indices(".swatch-") {
            let ground = html[at..].split_once("background: #").unwrap().1;
            let color = u32::from_str_radix(&ground[..6], 16).unwrap();
            assert!(seen.get(&color).is_some_and(|n| *n > 100), "{name} shows no #{color:06x}");
        }
        drive(&program, folder.path(), &["--no-pdf-header-footer", &format!("--print-to-pdf={}", print.display()), &address]).unwrap();
        let printed = std::fs::read(&print).unwrap();
        let sheets = printed.windows(12).filter(|own| own.starts_with(b"/Type /Page") && own[11] != b's').count();
        assert!((1..=2).contains(&sheets), "{name} prints on {sheets} sheets");
    }
}

/// How often each color stands in a picture (PNG with 8 bits a channel, as browsers write it).
fn colors(png: &[u8]) -> BTreeMap<u32, usize> {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
    let (width, channels) = (number(16), if png[25] == 6 { 4 } else { 3 });
    assert_eq!((png[24], png[28]), (8, 0), "8 bits a channel, not interlaced");
    let (mut at, mut packed) = (8, Vec::new());
    while at < png.len() {
        let len = number(at);
        if &png[at + 4..at + 8] == b"IDAT" {
            packed.extend_from_slice(&png[at + 8..at + 8 + len]);
        }
        at += 12 + len;
    }
    let mut raw = Vec::new();
    flate2::read::ZlibDecoder::new(&packed[..]).read_to_end(&mut raw).unwrap();
    let mut out = BTreeMap::new();
    let mut above = vec![0u8; width * channels];
    for line in raw.chunks(width * channels + 1) {
        let mut own = vec![0u8; width * channels];
        for at in 0..own.len() {
            let (left, corner) = if at < channels { (0, 0) } else { (own[at - channels], above[at - channels]) };
            let (a, b, c) = (i32::from(left), i32::from(above[at]), i32::from(corner));
            let guess = match line[0] {
                0 => 0,
                1 => left,
                2 => above[at],
                3 => ((a + b) / 2) as u8,
                _ => [a, b, c].into_iter().min_by_key(|own| (a + b - c - own).abs()).unwrap() as u8,
            };
            own[at] = line[at + 1].wrapping_add(guess);
        }
        for pixel in own.chunks(channels) {
            *out.entry(u32::from_be_bytes([0, pixel[0], pixel[1], pixel[2]])).or_default() += 1;
        }
        above = own;
    }
    out
}
