use cytoscribe::imaging::{
    Plane,
    lettering::{text_width, write_text},
};

/// Where ink is, in a picture of grey.
fn inked(text: &str, height: f32) -> Vec<(usize, usize)> {
    let mut picture = Plane::filled(60, 200, [100; 3]);
    write_text(&mut picture, text, (20.0, 10.0), height);
    let white = (0..60).flat_map(|row| (0..200).map(move |col| (row, col)));
    white.filter(|&position| picture[position] == [255; 3]).collect()
}

#[test]
fn every_letter_of_a_length_looks_different_and_fills_its_height() {
    let letters: Vec<_> = "0123456789".chars().map(|letter| inked(&letter.to_string(), 24.0)).collect();
    for (number, letter) in letters.iter().enumerate() {
        let (top, bottom) = (letter.first().unwrap().0, letter.last().unwrap().0);
        assert!(top <= 21 && bottom >= 42, "{number}: {top} to {bottom}");
        assert!(letters.iter().filter(|other| *other == letter).count() == 1, "{number}");
    }
    for letter in ["µ", "m", "n", "."] {
        assert!(!inked(letter, 24.0).is_empty(), "{letter}");
    }
}

#[test]
fn text_is_as_wide_as_it_says_and_nothing_is_written_beside_a_picture() {
    let ink = inked("20 µm", 24.0);
    let right = ink.iter().map(|&(_, col)| col).max().unwrap() as f32;
    let width = text_width("20 µm", 24.0);
    assert!((right - 10.0 - width).abs() < 4.0, "{right} {width}");
    assert!(text_width("", 24.0) == 0.0);
    let mut small = Plane::filled(3, 3, [7; 3]);
    for corner in [(-50.0, -50.0), (50.0, 50.0), (-3.0, -3.0)] {
        write_text(&mut small, "1000 µm", corner, 12.0);
    }
    write_text(&mut Plane::filled(0, 0, [0; 3]), "5", (0.0, 0.0), 9.0);
    assert_eq!(small[(2, 2)].len(), 3);
}

#[test]
fn white_letters_have_a_dark_rim() {
    let mut picture = Plane::filled(60, 60, [255; 3]);
    write_text(&mut picture, "7", (20.0, 20.0), 24.0);
    assert!(picture.samples().contains(&[0; 3]) && picture.samples().contains(&[255; 3]));
}
