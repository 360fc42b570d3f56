//! The proleptic Gregorian calendar as arithmetic on day numbers: day 1 is January 1 of year 1. No objects.

/// The largest year.
pub const MAX_YEAR: i64 = 9999;
/// The number of the last day of the last year.
pub const MAX_ORDINAL: i64 = 3_652_059;
/// The number of January 1, 1970.
pub const EPOCH_ORDINAL: i64 = 719_163;

const BEFORE_MONTH: [i64; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// Is it a leap year?
pub fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days the month has.
pub fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days in the year before the month.
pub fn days_before_month(year: i64, month: i64) -> i64 {
    BEFORE_MONTH[month as usize] + i64::from(month > 2 && is_leap(year))
}

fn days_before_year(year: i64) -> i64 {
    let y = year - 1;
    y * 365 + y / 4 - y / 100 + y / 400
}

/// The number of a day.
pub fn to_ordinal(year: i64, month: i64, day: i64) -> i64 {
    days_before_year(year) + days_before_month(year, month) + day
}

/// The day of a number, which is at least 1.
pub fn from_ordinal(ordinal: i64) -> (i64, i64, i64) {
    // Years that begin in March put the leap day last; 400 of them always have as many days.
    let days = ordinal + 305;
    let era = days.div_euclid(146_097);
    let in_era = days.rem_euclid(146_097);
    let year = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * in_year + 2) / 153;
    let day = in_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// The day of the week, Monday is 0.
pub fn weekday(year: i64, month: i64, day: i64) -> i64 {
    (to_ordinal(year, month, day) + 6) % 7
}

/// The number of the Monday that begins week 1 of the ISO year.
fn iso_week_1(year: i64) -> i64 {
    let first = to_ordinal(year, 1, 1);
    let day = (first + 6) % 7;
    if day > 3 { first - day + 7 } else { first - day }
}

/// The ISO year, week (1 to 53) and day of the week (1 to 7) of a day.
pub fn iso_of(year: i64, month: i64, day: i64) -> (i64, i64, i64) {
    let today = to_ordinal(year, month, day);
    let mut iso_year = year;
    let mut since = today - iso_week_1(year);
    if since < 0 {
        iso_year -= 1;
        since = today - iso_week_1(iso_year);
    } else if since >= 364 && today >= iso_week_1(year + 1) {
        iso_year += 1;
        since = today - iso_week_1(iso_year);
    }
    (iso_year, since / 7 + 1, since % 7 + 1)
}

/// Why an ISO year, week and day name no day.
pub enum IsoError {
    Year,
    Week,
    Weekday,
}

/// The day of an ISO year, week and day of the week; the last week of the last year goes on in a year that there is not.
pub fn from_iso(iso_year: i64, week: i64, day: i64) -> Result<(i64, i64, i64), IsoError> {
    if !(1..=MAX_YEAR).contains(&iso_year) {
        return Err(IsoError::Year);
    }
    if !(1..=52).contains(&week) {
        // Years have 53 weeks that begin on a Thursday, and leap years that begin on a Wednesday.
        let first = weekday(iso_year, 1, 1);
        if week != 53 || !(first == 3 || first == 2 && is_leap(iso_year)) {
            return Err(IsoError::Week);
        }
    }
    if !(1..=7).contains(&day) {
        return Err(IsoError::Weekday);
    }
    Ok(from_ordinal(iso_week_1(iso_year) + (week - 1) * 7 + day - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_round_trip() {
        let mut day = (1, 1, 1);
        for n in 1..=MAX_ORDINAL {
            assert_eq!(from_ordinal(n), day);
            if n % 97 == 0 {
                assert_eq!(to_ordinal(day.0, day.1, day.2), n);
            }
            day.2 += 1;
            if day.2 > days_in_month(day.0, day.1) {
                day = if day.1 == 12 { (day.0 + 1, 1, 1) } else { (day.0, day.1 + 1, 1) };
            }
        }
        assert_eq!(day, (10_000, 1, 1));
    }

    #[test]
    fn weeks() {
        assert_eq!(iso_of(2004, 1, 4), (2004, 1, 7));
        assert_eq!(iso_of(2005, 1, 1), (2004, 53, 6));
        assert_eq!(iso_of(2008, 12, 29), (2009, 1, 1));
        for n in (1..MAX_ORDINAL - 7).step_by(13) {
            let (y, m, d) = from_ordinal(n);
            let (iy, w, wd) = iso_of(y, m, d);
            if iy >= 1 {
                assert!(matches!(from_iso(iy, w, wd), Ok(x) if x == (y, m, d)));
            }
        }
    }
}
