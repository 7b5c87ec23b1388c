-- What:  customers of this import whose consent was assumed.
SELECT count(*) FROM clean_customers WHERE consent_source = 'assumed at import';
