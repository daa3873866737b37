use cytoscribe::imaging::{Plane, pyramid::halved};

#[test]
fn each_sample_is_the_rounded_mean_of_what_it_stands_for() {
    for (height, width) in [(4, 6), (5, 7), (1, 1), (1, 4), (3, 1)] {
        let picture = Plane::from_fn(height, width, |row, col| (37 * row + 91 * col) as u8);
        let half = halved(&picture);
        assert_eq!(half.size(), (height.div_ceil(2), width.div_ceil(2)));
        for row in 0..half.height() {
            for col in 0..half.width() {
                let rows = [2 * row, (2 * row + 1).min(height - 1)];
                let cols = [2 * col, (2 * col + 1).min(width - 1)];
                let sum: u32 = rows.iter().flat_map(|&r| cols.map(|c| u32::from(picture[(r, c)]))).sum();
                assert_eq!(u32::from(half[(row, col)]), (sum + 2) / 4);
            }
        }
    }
}
