//! Functions of one number by addition, multiplication and division alone, so that their last bit is the same on
//! every platform. Not for measuring: they are right to some six digits.
//!
//! The standard library asks the platform's mathematics for these, whose last bits differ; a picture made with them
//! would differ too. Source: the usual reductions with short Taylor polynomials.

use std::f32::consts::{LN_2, LOG2_E, SQRT_2, TAU};

/// e to the power `x`; 0 below -87.
pub fn exp(x: f32) -> f32 {
    /// 1.5 · 2²³: what it is added to is rounded to a whole number, which its lowest bits then hold.
    const SHIFT: f32 = 12_582_912.0;
    if x < -87.0 {
        return 0.0;
    }
    let x = x.min(88.0);
    let shifted = x * LOG2_E + SHIFT;
    let rest = x - (shifted - SHIFT) * LN_2;
    let series = 1.0 + rest * (1.0 + rest * (0.5 + rest * (1.0 / 6.0 + rest * (1.0 / 24.0 + rest * (1.0 / 120.0)))));
    let powers_of_two = shifted.to_bits().wrapping_sub(SHIFT.to_bits());
    series * f32::from_bits(powers_of_two.wrapping_add(127) << 23)
}

/// The sine of an angle given in `turns`: a quarter is 1.
pub fn sin(turns: f32) -> f32 {
    let turns = turns - (turns + 0.5).floor();
    let turns = if turns.abs() > 0.25 { 0.5_f32.copysign(turns) - turns } else { turns };
    let x = turns * TAU;
    let square = x * x;
    x * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0 * (1.0 - square / 72.0))))
}

/// (cosine, sine) of an angle given in `turns`.
pub fn direction(turns: f32) -> (f32, f32) {
    (sin(turns + 0.25), sin(turns))
}

/// The natural logarithm of a normal positive number.
pub fn ln(x: f32) -> f32 {
    let bits = x.to_bits();
    let mut exponent = (bits >> 23) as i32 - 127;
    let mut mantissa = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000);
    if mantissa > SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    2.0 * s * (1.0 + square * (1.0 / 3.0 + square * (0.2 + square * (1.0 / 7.0 + square / 9.0))))
        + exponent as f32 * LN_2
}
