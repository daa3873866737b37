"""Makes the masks in this folder as other programs write them: with NumPy, OpenCV and tifffile.

Run it in this folder. All of it is invented: one picture of four regions, of 8 x 12 pixels, in many formats. The tests
draw the same picture and compare.
"""

import base64
import json
import os
import pickle
import zlib

import cv2
import numpy as np
import tifffile

PICTURE = [
    "111....22...",
    "111...2222..",
    "1111..2222..",
    ".11....22...",
    "............",
    "..77....9999",
    ".7777...9999",
    ".7777....999",
]
CELLS = np.array([[0 if pixel == "." else int(pixel) for pixel in row] for row in PICTURE])
HEIGHT, WIDTH = CELLS.shape
# The core of each region.
NUCLEI = np.where(cv2.erode((CELLS > 0).astype(np.uint8), np.ones((2, 2), np.uint8)) > 0, CELLS, 0)


def folder(name):
    os.makedirs(name, exist_ok=True)
    return name + "/"


def header(array, protocol):
    """A .npy of one object in a protocol that numpy.save does not offer."""
    about = b"{'descr': '|O', 'fortran_order': False, 'shape': (), }"
    about += b" " * (-(len(about) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(about).to_bytes(2, "little") + about + pickle.dumps(array, protocol=protocol)


def runs(mask):
    """Lengths of runs, zeros first, down the columns."""
    flat = mask.flatten(order="F")
    lengths, last = [], 0
    for pixel in flat:
        if pixel != last:
            lengths.append(0)
            last = pixel
        elif not lengths:
            lengths.append(0)
        lengths[-1] += 1
    if flat[0]:
        lengths.insert(0, 0)
    return lengths


def compressed(lengths):
    """As rleToString of the COCO API."""
    text = ""
    for at, length in enumerate(lengths):
        rest = length - lengths[at - 2] if at > 2 else length
        more = True
        while more:
            digit = rest & 0x1F
            rest >>= 5
            more = rest != -1 if digit & 0x10 else rest != 0
            text += chr((digit | 0x20 if more else digit) + 48)
    return text


# HPA-Cell-Segmentation, and its archives for the competition.
hpa = folder("hpa")
cv2.imwrite(hpa + "a_cellmask.png", CELLS.astype(np.uint16))
cv2.imwrite(hpa + "a_nucleimask.png", NUCLEI.astype(np.uint16))
np.savez_compressed(folder("npz/hpa_cell_mask") + "a.npz", CELLS.astype(np.uint8))
np.savez_compressed(folder("npz/hpa_nuclei_mask") + "a.npz", NUCLEI.astype(np.uint8))

# Cellpose: as its own save, in every protocol, and its images of labels.
seg = np.array(
    {
        "outlines": np.zeros((HEIGHT, WIDTH), np.uint16),
        "masks": CELLS.astype(np.uint16),
        "chan_choose": [0, 0],
        "ismanual": np.zeros(4, bool),
        "filename": "a_green.png",
        "flows": [np.zeros((2, 3, 4), np.float32), [1.5, None, True, -7, 1 << 40, b"bytes"], {"nested": (1, 2, 3, 4)}],
        "diameter": np.float64(30.0),
    },
    dtype=object,
)
np.save(folder("cellpose") + "a_seg.npy", seg)
for protocol in range(2, 6):
    with open(folder("cellpose_protocols") + f"p{protocol}_blue_seg.npy", "wb") as file:
        file.write(header(seg, protocol))
cv2.imwrite(folder("cellpose_png") + "a_green_cp_masks.png", CELLS.astype(np.uint16))
cv2.imwrite(folder("cellpose_tif") + "a_cp_masks.tif", CELLS.astype(np.uint16))

# Arrays of all kinds.
arrays = folder("arrays")
for kind in ["<u1", "<u2", "<u4", "<u8", ">u2", ">u4", "<i2", "<i4", "<i8", ">i8"]:
    np.save(arrays + kind.replace("<", "little_").replace(">", "big_") + ".npy", CELLS.astype(kind))
np.save(arrays + "fortran.npy", np.asfortranarray(CELLS.astype("<i4")))
np.save(arrays + "thick.npy", CELLS.astype("<i4")[np.newaxis])
np.save(arrays + "truth_values.npy", CELLS > 0)
with open(arrays + "version_2.npy", "wb") as file:
    np.lib.format.write_array(file, CELLS.astype("<u2"), version=(2, 0))
with open(arrays + "version_3.npy", "wb") as file:
    np.lib.format.write_array(file, CELLS.astype("<u2"), version=(3, 0))
np.savez(arrays + "stored.npz", CELLS)
np.savez(arrays + "named.npz", cells=CELLS)
np.savez(arrays + "first_of_two.npz", CELLS.astype("<u2"), other=np.zeros(3))
tifffile.imwrite(arrays + "unsigned_32.tif", CELLS.astype(np.uint32))
tifffile.imwrite(arrays + "signed_32.tif", CELLS.astype(np.int32))
cv2.imwrite(arrays + "eight.png", CELLS.astype(np.uint8))

# What is no mask.
bad = folder("bad")
np.save(bad + "fractions.npy", CELLS.astype(np.float64))
np.save(bad + "negative.npy", -CELLS)
np.save(bad + "huge.npy", CELLS * 10_000_000)
np.save(bad + "thick.npy", np.stack([CELLS, CELLS]))
np.savez(bad + "which.npz", one=CELLS, two=CELLS)
cv2.imwrite(bad + "colour.png", np.dstack([CELLS.astype(np.uint8)] * 3))
np.save(bad + "other_seg.npy", np.array({"outlines": CELLS}, dtype=object))
np.save(bad + "evil_seg.npy", np.array({"masks": os.getcwd}, dtype=object))
with open(bad + "odd_seg.npy", "wb") as file:
    file.write(header({"masks": {1, 2}}, 4))
whole = open(arrays + "little_u2.npy", "rb").read()
open(bad + "short.npy", "wb").write(whole[:-10])
whole = open(arrays + "stored.npz", "rb").read()
open(bad + "damaged.npz", "wb").write(whole[:150] + b"!" + whole[151:])
open(bad + "empty.npy", "wb").write(b"")
open(bad + "words.npz", "wb").write(b"no archive")

# COCO: run lengths in both forms, and polygons around pixels.
kinds = {
    "runs": lambda mask: {"size": [HEIGHT, WIDTH], "counts": runs(mask)},
    "text": lambda mask: {"size": [HEIGHT, WIDTH], "counts": compressed(runs(mask))},
}


def polygons(mask):
    """The corners of the outline: OpenCV follows the middles of pixels, so each pixel is made four."""
    large = np.kron(mask, np.ones((4, 4), np.uint8))
    contours, _ = cv2.findContours(large, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    # From the middles of small pixels to the edges of large ones.
    return [((contour[:, 0, :] + 0.5) / 4).flatten().tolist() for contour in contours]


kinds["polygons"] = polygons
for name, of in kinds.items():
    annotations = [
        {"id": 100 + number, "image_id": 5, "category_id": 3, "segmentation": of((CELLS == cell).astype(np.uint8)), "iscrowd": 0}
        for number, cell in enumerate([1, 2, 7, 9])
    ]
    coco = {
        "images": [
            {"id": 5, "file_name": "some/folder/a_green.png", "width": WIDTH, "height": HEIGHT},
            {"id": 6, "file_name": "empty_green.png", "width": WIDTH, "height": HEIGHT},
        ],
        "annotations": annotations,
        "categories": [{"id": 3, "name": "cell"}],
    }
    with open(folder("coco") + name + ".json", "w") as file:
        json.dump(coco, file)

# A submission.
triples = []
for cell in [1, 2, 7, 9]:
    packed = zlib.compress(compressed(runs((CELLS == cell).astype(np.uint8))).encode(), 9)
    text = base64.b64encode(packed).decode()
    triples += [f"0 0.5 {text}", f"16 0.25 {text}"]
with open("submission.csv", "w") as file:
    file.write("ID,ImageWidth,ImageHeight,PredictionString\n")
    file.write(f"a,{WIDTH},{HEIGHT},{' '.join(triples)}\n")
