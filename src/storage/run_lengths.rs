//! Masks as run lengths in JSON files, in the form of the published notebook: a list of objects `mask_nrow`,
//! `mask_ncol`, `run_values`, `run_lengths` in column-major order, 5,000 masks a file, `1.json`, `2.json`, ….

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{FileError, OutputFile, make_folder};
use crate::imaging::RunLengths;

const WRITE: &str = "write the run lengths";

/// Files of run lengths being written into one folder, one mask after another. Each file appears when it is whole.
#[derive(Debug)]
pub struct RunLengthsWriter {
    folder: PathBuf,
    /// Masks so far.
    masks: usize,
    file: OutputFile,
}

/// One mask as the notebook has it.
#[derive(Serialize)]
struct NotebookMask<'a> {
    mask_nrow: usize,
    mask_ncol: usize,
    run_values: &'a [u8],
    run_lengths: &'a [u32],
}

impl RunLengthsWriter {
    /// Masks of one file; only the last has fewer.
    pub const MASKS_PER_FILE: usize = 5000;

    /// Starts the first file in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// If the folder or the file cannot be made.
    pub fn create(folder: &Path) -> Result<Self, FileError> {
        make_folder(folder)?;
        Ok(Self { folder: folder.into(), masks: 0, file: OutputFile::create(path_of(folder, 1))? })
    }

    /// Adds one mask.
    ///
    /// # Errors
    /// If the disk is full or the next file cannot be made.
    pub fn append(&mut self, mask: &RunLengths) -> Result<(), FileError> {
        let place = self.masks % Self::MASKS_PER_FILE;
        if place == 0 && self.masks > 0 {
            let next = OutputFile::create(path_of(&self.folder, self.number() + 1))?;
            close(std::mem::replace(&mut self.file, next))?;
        }
        self.masks += 1;
        // Runs of length 0 say nothing, so the first run may be one of ones.
        let (run_values, run_lengths): (Vec<u8>, Vec<u32>) =
            [0, 1].into_iter().cycle().zip(mask.runs().iter().copied()).filter(|&(_, length)| length > 0).unzip();
        let mask = NotebookMask {
            mask_nrow: mask.height(),
            mask_ncol: mask.width(),
            run_values: &run_values,
            run_lengths: &run_lengths,
        };
        let before: &[u8] = if place == 0 { b"[\n" } else { b",\n" };
        let written = self.file.write_all(before).and_then(|()| Ok(serde_json::to_writer(&mut self.file, &mask)?));
        written.map_err(FileError::at(WRITE, path_of(&self.folder, self.number())))
    }

    /// Ends the last file, and removes the numbered files after it that a longer list has left in the folder. Of no
    /// mask at all the one file holds an empty list.
    ///
    /// # Errors
    /// If the disk is full or the folder forbids it.
    pub fn finish(mut self) -> Result<(), FileError> {
        if self.masks == 0 {
            self.file.write_all(b"[").map_err(FileError::at(WRITE, path_of(&self.folder, 1)))?;
        }
        let last = self.number();
        close(self.file)?;
        for number in last + 1.. {
            let path = path_of(&self.folder, number);
            match fs::remove_file(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                Err(error) => return Err(FileError::at("remove the older run lengths", path)(error)),
            }
        }
        Ok(())
    }

    /// The number of the file that holds the last mask so far.
    fn number(&self) -> usize {
        self.masks.div_ceil(Self::MASKS_PER_FILE).max(1)
    }
}

fn path_of(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("{number}.json"))
}

fn close(mut file: OutputFile) -> Result<(), FileError> {
    file.write_all(b"\n]\n").map_err(|error| file.failed(error))?;
    file.finish()
}
