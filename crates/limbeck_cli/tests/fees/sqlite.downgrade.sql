-- Running downgrade 72bc0e6d94f1 -> e5a9417b08cd

DROP INDEX ix_users_username;

DROP TABLE users;

UPDATE alembic_version SET version_num='e5a9417b08cd' WHERE alembic_version.version_num = '72bc0e6d94f1';

-- Running downgrade e5a9417b08cd -> 19d6f3a7c250

UPDATE alembic_version SET version_num='19d6f3a7c250' WHERE alembic_version.version_num = 'e5a9417b08cd';

-- Running downgrade 19d6f3a7c250 -> c47e05b1f983

UPDATE fees SET status = 'open' WHERE status = 'pending';

UPDATE alembic_version SET version_num='c47e05b1f983' WHERE alembic_version.version_num = '19d6f3a7c250';

-- Running downgrade c47e05b1f983 -> 8b20d94e61aa

ALTER TABLE fees DROP COLUMN note;

UPDATE alembic_version SET version_num='8b20d94e61aa' WHERE alembic_version.version_num = 'c47e05b1f983';

-- Running downgrade 8b20d94e61aa -> 3f1c8a52d7e0

DROP INDEX ix_fees_student_id;

DROP INDEX ix_fees_status;

DROP TABLE fees;

UPDATE alembic_version SET version_num='3f1c8a52d7e0' WHERE alembic_version.version_num = '8b20d94e61aa';

-- Running downgrade 3f1c8a52d7e0 -> 

DROP INDEX ix_students_email;

DROP TABLE students;

DELETE FROM alembic_version WHERE alembic_version.version_num = '3f1c8a52d7e0';

