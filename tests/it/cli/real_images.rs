use std::fs;

use tempfile::TempDir;

use super::{assert_code, cytoscribe_in, said};
use crate::shared::shared_test;

shared_test! {
    fn six_real_images_become_a_submission_that_passes_the_check(shared: &Path) {
        let folder = TempDir::new().unwrap();
        std::os::unix::fs::symlink(shared.canonicalize().unwrap().join("data/hpa"), folder.path().join("hpa")).unwrap();
        let run = cytoscribe_in(folder.path(), "run --train @/hpa --labels @/hpa/train.csv --test @/hpa --out @/out");
        assert_code(&run, 0);
        let check = cytoscribe_in(folder.path(), "check @/out/submission.csv --set @/hpa");
        assert_code(&check, 0);
        assert!(said(&check).contains("6 rows, 82 cells, 1558 predictions, no defect"), "{}", said(&check));
        let report = fs::read_to_string(folder.path().join("out/report.txt")).unwrap();
        assert!(report.contains("55 cells of 4 images"), "{report}");
    }
}
