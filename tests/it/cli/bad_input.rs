use std::{fs, io::Cursor, path::Path};

use image::{DynamicImage, GrayImage, ImageFormat};
use tempfile::TempDir;

use super::{assert_code, complained, cytoscribe_in, files_below, said};
use crate::{
    drawn_set::{draw_field, draw_set},
    storage::{
        channels::png_of,
        packed::{bomb, packed},
    },
};

/// What the program says about one kind of bad input.
struct Case {
    name: &'static str,
    /// The files in the folder `@`, with their content.
    written: Vec<(&'static str, Vec<u8>)>,
    command: &'static str,
    /// The only line of a remark, a failure or an error.
    line: &'static str,
    code: i32,
}

/// A bright picture of this width and height in which every sample differs from its neighbours.
fn ramp(width: u32, height: u32) -> DynamicImage {
    GrayImage::from_fn(width, height, |x, y| image::Luma([(200 + x * 7 + y * 31) as u8])).into()
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn half(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len() / 2].to_vec()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn every_kind_of_bad_input_has_its_line() {
    let png = encoded(&ramp(64, 64), ImageFormat::Png);
    let tiff = encoded(&ramp(64, 64), ImageFormat::Tiff);
    let colour = encoded(&ramp(64, 64).to_rgb8().into(), ImageFormat::Png);
    // The three other stains are fine and of the size of the first image.
    let field_with = |nucleus: &'static str, bytes: Vec<u8>, (width, height)| {
        let other = encoded(&ramp(width, height), ImageFormat::Png);
        let mut files: Vec<_> =
            ["set/a_red.png", "set/a_yellow.png", "set/a_green.png"].map(|name| (name, other.clone())).into();
        files.push((nucleus, bytes));
        files
    };
    let segment = "segment @/set --out @/masks";
    let cases = [
        Case {
            name: "truncated PNG",
            written: field_with("set/a_blue.png", half(&png), (64, 64)),
            command: segment,
            line: "failed: a: cannot decode PNG: unexpected end of file — @/set/a_blue.png",
            code: 1,
        },
        Case {
            name: "zero bytes",
            written: field_with("set/a_blue.png", Vec::new(), (64, 64)),
            command: segment,
            line: "failed: a: the image file is empty (0 bytes) — @/set/a_blue.png",
            code: 1,
        },
        Case {
            name: "text named .png",
            written: field_with("set/a_blue.png", b"no picture".into(), (64, 64)),
            command: segment,
            line: "failed: a: the content is no PNG, JPEG or TIFF image — @/set/a_blue.png",
            code: 1,
        },
        Case {
            name: "one pixel",
            written: field_with("set/a_blue.png", encoded(&ramp(1, 1), ImageFormat::Png), (1, 1)),
            command: segment,
            line: "note: a: no single cells: the nucleus channel is the same everywhere",
            code: 0,
        },
        Case {
            name: "one pixel, drawn",
            written: field_with("set/a_blue.png", encoded(&ramp(1, 1), ImageFormat::Png), (1, 1)),
            command: "regions @/set a --out @/regions.png",
            line: "note: a: no single cells: the nucleus channel is the same everywhere",
            code: 0,
        },
        Case {
            name: "30,000 x 1",
            written: field_with("set/a_blue.png", encoded(&ramp(30_000, 1), ImageFormat::Png), (30_000, 1)),
            command: segment,
            line: "note: a: no cells worth the name: the nucleus channel has only specks",
            code: 0,
        },
        Case {
            name: "PNG that promises 10,000,000,000 pixels",
            written: field_with("set/a_blue.png", png_of(8, [100_000, 100_000], &[]), (64, 64)),
            command: segment,
            line: "failed: a: the image is too large: 100000 x 100000 pixels, where 32768 a side and 268435456 in all \
                   can be read — @/set/a_blue.png",
            code: 1,
        },
        Case {
            name: "gzip bomb",
            written: field_with("set/a_blue.tif.gz", bomb(&tiff), (64, 64)),
            command: segment,
            line: "failed: a: cannot unpack the image: it holds more than 1073741824 bytes — @/set/a_blue.tif.gz",
            code: 1,
        },
        Case {
            name: "truncated .tif.gz",
            written: field_with("set/a_blue.tif.gz", half(&packed(&tiff)), (64, 64)),
            command: segment,
            line: "failed: a: cannot unpack the image: unexpected end of file — @/set/a_blue.tif.gz",
            code: 1,
        },
        Case {
            name: "a folder without fields",
            written: vec![("set/readme.txt", Vec::new())],
            command: segment,
            line: "error: found no images: expected files named <ID>_red, <ID>_green, <ID>_blue and <ID>_yellow, \
                   ending in .png, .jpg, .tif or .tif.gz — @/set",
            code: 2,
        },
        Case {
            name: "a folder without fields in one file",
            written: vec![("set/readme.txt", Vec::new())],
            command: "segment @/set --out @/masks --layout subcell",
            line: "error: found no images: expected files named <ID>, each with the four stains of a field, \
                   ending in .png, .jpg, .tif or .tif.gz — @/set",
            code: 2,
        },
        Case {
            name: "two extensions for one channel",
            written: [field_with("set/a_blue.png", png.clone(), (64, 64)), vec![("set/a_blue.tif", tiff.clone())]]
                .concat(),
            command: segment,
            line: "failed: a: the nucleus channel has two files, keep one: a_blue.png — @/set/a_blue.tif",
            code: 1,
        },
        Case {
            name: "a field without its nucleus",
            written: field_with("set/a_green.png", png.clone(), (64, 64)),
            command: segment,
            line: "failed: a: the nucleus channel is missing: expected the file — @/set/a_blue.png",
            code: 1,
        },
        Case {
            name: "a label file with a byte-order mark, Windows line ends, quotes, and one label that is none",
            written: vec![
                ("set/a_blue.png", png.clone()),
                ("set/b_blue.png", png.clone()),
                ("l.csv", b"\xef\xbb\xbf\"ID\",\"Label\"\r\n\"a\",\"0|16\"\r\n\"b\",\"x\"\r\n".into()),
            ],
            command: "summary @/set --labels @/l.csv",
            line: "labels: line 3: 'x' is not the number of a location (0 to 18), passed over — @/l.csv",
            code: 0,
        },
        Case {
            name: "3 channels where 4 are expected",
            written: vec![("set/a.png", colour)],
            command: "segment @/set --out @/masks --layout subcell",
            line: "failed: a: the image has 3 channels, but a field in one file needs 4: red, green, blue and alpha \
                   — @/set/a.png",
            code: 1,
        },
        Case {
            name: "one ID in two folders",
            written: vec![("set/p/a_blue.png", png.clone()), ("set/q/a_blue.png", png.clone())],
            command: segment,
            line: "failed: a: two fields have this ID, keep or rename one: @/set/p/a_blue.png — @/set/q/a_blue.png",
            code: 1,
        },
        Case {
            name: "nuclei only, measured",
            written: vec![("set/a_blue.png", png.clone())],
            command: "features @/set --out @/features.parquet",
            line: "error: the set has nuclei only, missing are microtubules (_red), endoplasmic reticulum (_yellow), \
                   protein (_green): `segment` works without them — @/set",
            code: 2,
        },
    ];
    for case in cases {
        let folder = TempDir::new().unwrap();
        for (name, bytes) in case.written {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let output = cytoscribe_in(folder.path(), case.command);
        assert_eq!(output.status.code(), Some(case.code), "{}: {}", case.name, complained(&output));
        assert_eq!(remarks(folder.path(), &complained(&output)), case.line, "{}", case.name);
    }
}

/// What is said but for progress, with `@` for `folder`.
fn remarks(folder: &Path, said: &str) -> String {
    let said = said.replace(folder.to_str().unwrap(), "@");
    let is_remark =
        |line: &&str| ["note: ", "failed: ", "error: ", "labels: "].iter().any(|start| line.starts_with(start));
    said.lines().filter(is_remark).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_bad_field_costs_itself_alone_and_still_has_its_row() {
    let folder = TempDir::new().unwrap();
    let set = folder.path().join("set");
    draw_set(&set, 4);
    for id in ["cut", "incomplete"] {
        draw_field(&set, id, true);
    }
    let whole = fs::read(set.join("cut_blue.png")).unwrap();
    fs::write(set.join("cut_blue.png"), &whole[..whole.len() / 2]).unwrap();
    fs::remove_file(set.join("incomplete_yellow.png")).unwrap();
    fs::write(set.join("text_red.png"), "no picture").unwrap();

    let run = cytoscribe_in(folder.path(), "run --train @/set --labels @/set/train.csv --test @/set --out @/out");
    assert_code(&run, 1);
    for (id, file) in [("cut", "cut_blue.png"), ("incomplete", "incomplete_yellow.png"), ("text", "text_")] {
        let named =
            complained(&run).lines().any(|line| line.starts_with(&format!("failed: {id}: ")) && line.contains(file));
        assert!(named, "{id} is not named with its file in\n{}", complained(&run));
    }
    assert!(said(&run).contains("4 images with 16 cells, 3 failed"), "{}", said(&run));

    let submission = fs::read_to_string(folder.path().join("out/submission.csv")).unwrap();
    assert_eq!(submission.lines().count(), 1 + 7);
    assert!(submission.lines().any(|line| line.starts_with("incomplete,240,240,0 1 ")));
    let check = cytoscribe_in(folder.path(), "check @/out/submission.csv --set @/set");
    assert_code(&check, 0);
    assert!(complained(&check).contains("text: the size of its images cannot be read"), "{}", complained(&check));
}

#[test]
fn bad_labels_are_named_by_line_and_the_rest_is_used() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 4);
    let labels = "ID,Label\nfield_0,0\nfield_1,16|x\nfield_2,0\nunknown,3\nfield_3\nfield_1,16\n";
    fs::write(folder.path().join("labels.csv"), labels).unwrap();
    let train = cytoscribe_in(folder.path(), "train @/set --labels @/labels.csv --out @/model.ron");
    assert_code(&train, 0);
    for problem in ["line 3: 'x' is not the number of a location", "line 5: the ID 'unknown' has no image", "line 6: "]
    {
        assert!(complained(&train).contains(problem), "{problem} is not said in\n{}", complained(&train));
    }
    assert!(said(&train).contains("3 of 4 images have labels"), "{}", said(&train));
}

#[test]
fn what_cannot_be_done_at_all_is_one_sentence_and_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 2);
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("empty")).unwrap();
    fs::create_dir(path("empty.csv")).unwrap();
    fs::write(path("no_labels.csv"), "ID,Label\n").unwrap();
    fs::write(path("no_header.csv"), "image;class\n").unwrap();
    fs::write(path("a_file"), "").unwrap();
    fs::write(path("others.csv"), "ID,Label\nx,1\ny,2\n").unwrap();
    let train = "train @/set --labels @/set/train.csv --out @/model.ron";
    assert_code(&cytoscribe_in(folder.path(), train), 0);
    let model = fs::read_to_string(path("model.ron")).unwrap();
    fs::write(path("newer.ron"), model.replacen("version: 3", "version: 4", 1)).unwrap();
    fs::write(path("rates.ron"), model.replacen("image_rates: (0.5", "image_rates: (1.5", 1)).unwrap();
    fs::write(path("other.ron"), model.replacen("cell.min_mt", "cell.min_xx", 1)).unwrap();
    fs::write(path("cut.ron"), &model[..model.len() / 2]).unwrap();

    let cases = [
        (
            "segment @/nowhere --out @/out",
            "cannot read the image folder: No such file or directory (os error 2) — @/nowhere",
        ),
        (
            "segment @/set --out @/a_file/masks",
            "cannot make the folder: Not a directory (os error 20) — @/a_file/masks",
        ),
        ("features @/set --out @/a_file/out.parquet", "cannot make the folder: File exists (os error 17) — @/a_file"),
        (
            "features @/set --out @/out.parquet --preset reference --marker-quantile 1.5",
            "the marker quantile must lie between 0 and 1, not 1.5",
        ),
        (
            "train @/set --labels @/no_labels.csv --out @/out",
            "none of the 0 IDs of the label file has an image — @/no_labels.csv",
        ),
        (
            "train @/set --labels @/others.csv --out @/out",
            "none of the 2 IDs of the label file has an image — @/others.csv",
        ),
        ("train @/set --labels @/set/train.csv --out @/out --folds 1", "the folds must lie between 2 and 20, not 1"),
        ("train @/set --labels @/set/train.csv --out @/empty", "cannot write the file: is a directory — @/empty"),
        ("features @/set --out @/empty.csv", "cannot write the file: is a directory — @/empty.csv"),
        ("submit @/set --model @/model.ron --out @/empty", "cannot write the file: is a directory — @/empty"),
        (
            "run --train @/set --labels @/others.csv --test @/set --out @/out",
            "none of the 2 IDs of the label file has an image — @/others.csv",
        ),
        (
            "run --train @/set --labels @/set/train.csv --test @/set --out @/out --folds 1",
            "the folds must lie between 2 and 20, not 1",
        ),
        (
            "train @/set --labels @/no_header.csv --out @/out",
            "the label file must begin with the line 'ID,Label', not with 'image;class' — @/no_header.csv",
        ),
        (
            "train @/set --labels @/set/train.csv --out @/out --samples (",
            "the sample pattern '(' is not a regular expression: found open group without closing ')'",
        ),
        (
            "submit @/set --model @/nowhere.ron --out @/out",
            "cannot read the model: No such file or directory (os error 2) — @/nowhere.ron",
        ),
        ("submit @/set --model @/cut.ron --out @/out", "no model of cytoscribe: line …"),
        (
            "submit @/set --model @/newer.ron --out @/out",
            "the model does not fit: it is of version 4, this program reads version 3; train it anew — @/newer.ron",
        ),
        (
            "submit @/set --model @/rates.ron --out @/out",
            "the model does not fit: the share of images with Nucleoplasm is 1.5, not between 0 and 1; train it anew — @/rates.ron",
        ),
        (
            "submit @/set --model @/other.ron --out @/out",
            "the model does not fit: it was trained on the feature 'cell.min_xx' where this program measures \
             'cell.min_mt'; train it anew — @/other.ron",
        ),
        ("composite @/set nobody --out @/out.png", "the set has no image with the ID 'nobody' — @/set"),
        ("composite @/set field_0 --out @/out.png --gamma 0", "the gamma must lie between 0.1 and 5, not 0"),
        (
            "regions @/set field_0 --out @/a_file/out.png",
            "cannot make the folder: File exists (os error 17) — @/a_file",
        ),
        ("check @/nowhere.csv", "cannot open the submission: No such file or directory (os error 2) — @/nowhere.csv"),
        ("summary @/nowhere", "cannot read the image folder: No such file or directory (os error 2) — @/nowhere"),
    ];
    let before = files_below(folder.path());
    for (command, error) in cases {
        let output = cytoscribe_in(folder.path(), command);
        assert_code(&output, 2);
        assert!(!complained(&output).contains(" of 2 fields"), "{command} measures before it complains");
        let error = format!("error: {}", error.replace('@', folder.path().to_str().unwrap()));
        let last = complained(&output).lines().last().unwrap().to_owned();
        match error.strip_suffix('…') {
            Some(start) => assert!(last.starts_with(start), "{command}\nsays    {last}\ninstead {error}"),
            None => assert_eq!(last, error, "{command}"),
        }
    }
    assert_eq!(files_below(folder.path()), before);
}

#[test]
fn defects_of_a_submission_are_named_by_line() {
    let folder = TempDir::new().unwrap();
    let rows =
        "ID,ImageWidth,ImageHeight,PredictionString\na,2048,2048,0 1 eNoLCAgIMAEABJkBdQ==\nb,10,10,0 1 nonsense\n";
    fs::write(folder.path().join("submission.csv"), rows).unwrap();
    let output = cytoscribe_in(folder.path(), "check @/submission.csv");
    assert_code(&output, 1);
    assert!(said(&output).starts_with("line 3, ID 'b': "), "{}", said(&output));
    assert!(said(&output).ends_with("2 rows, 0 cells, 2 predictions, 1 defect\n"), "{}", said(&output));
}

#[test]
fn a_label_file_for_many_other_images_does_not_flood_the_terminal() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 2);
    let mut labels = vec!["ID,Label".to_owned(), "field_0,0".to_owned(), "field_1,16".to_owned()];
    labels.extend((0..5000).map(|number| format!("other_{number},3")));
    fs::write(folder.path().join("labels.csv"), labels.join("\n")).unwrap();
    let train = cytoscribe_in(folder.path(), "train @/set --labels @/labels.csv --out @/model.ron");
    assert_code(&train, 0);
    assert!(complained(&train).lines().count() < 30);
    assert!(complained(&train).contains("and 4980 more lines of that kind"), "{}", complained(&train));
}

#[test]
fn masks_that_cannot_be_written_cost_the_field_neither_its_features_nor_its_row() {
    let folder = TempDir::new().unwrap();
    draw_set(&folder.path().join("set"), 3);
    fs::create_dir_all(folder.path().join("out/masks/test/field_1_cellmask.png")).unwrap();
    let run = cytoscribe_in(folder.path(), "run --train @/set --labels @/set/train.csv --test @/set --out @/out");
    assert_code(&run, 1);
    assert!(
        complained(&run).contains("failed: field_1: cannot write the file: is a directory"),
        "{}",
        complained(&run)
    );
    assert!(!folder.path().join("out/masks/test/field_1_nucleimask.png").exists(), "one mask without the other");
    assert!(folder.path().join("out/masks/test/field_2_nucleimask.png").exists());
    let check = cytoscribe_in(folder.path(), "check @/out/submission.csv --set @/set");
    assert!(said(&check).contains("3 rows, 12 cells"), "{}", said(&check));
}
