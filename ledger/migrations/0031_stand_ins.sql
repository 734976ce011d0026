-- Who stands in decides in the other's place: nobody makes themselves that. What was recorded before stays.
ALTER TABLE absence ADD CONSTRAINT absence_by_another CHECK (stand_in <> recorded_by) NOT VALID;
