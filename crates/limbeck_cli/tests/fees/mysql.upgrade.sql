CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> 3f1c8a52d7e0

CREATE TABLE students (
    id INTEGER NOT NULL AUTO_INCREMENT, 
    name VARCHAR(100) NOT NULL, 
    email VARCHAR(255) NOT NULL, 
    enrolled BOOL NOT NULL, 
    PRIMARY KEY (id)
);

CREATE UNIQUE INDEX ix_students_email ON students (email);

INSERT INTO alembic_version (version_num) VALUES ('3f1c8a52d7e0');

-- Running upgrade 3f1c8a52d7e0 -> 8b20d94e61aa

CREATE TABLE fees (
    id INTEGER NOT NULL AUTO_INCREMENT, 
    student_id INTEGER NOT NULL, 
    amount NUMERIC(10, 2) NOT NULL, 
    status VARCHAR(20) NOT NULL, 
    due_at DATETIME NOT NULL, 
    created_at DATETIME NOT NULL DEFAULT (now()), 
    PRIMARY KEY (id), 
    FOREIGN KEY(student_id) REFERENCES students (id)
);

CREATE INDEX ix_fees_status ON fees (status);

CREATE INDEX ix_fees_student_id ON fees (student_id);

UPDATE alembic_version SET version_num='8b20d94e61aa' WHERE alembic_version.version_num = '3f1c8a52d7e0';

-- Running upgrade 8b20d94e61aa -> c47e05b1f983

ALTER TABLE fees ADD COLUMN note TEXT;

UPDATE alembic_version SET version_num='c47e05b1f983' WHERE alembic_version.version_num = '8b20d94e61aa';

-- Running upgrade c47e05b1f983 -> 19d6f3a7c250

UPDATE fees SET status = 'pending' WHERE status IN ('open', 'new');

UPDATE alembic_version SET version_num='19d6f3a7c250' WHERE alembic_version.version_num = 'c47e05b1f983';

-- Running upgrade 19d6f3a7c250 -> e5a9417b08cd

UPDATE alembic_version SET version_num='e5a9417b08cd' WHERE alembic_version.version_num = '19d6f3a7c250';

-- Running upgrade e5a9417b08cd -> 72bc0e6d94f1

CREATE TABLE users (
    id INTEGER NOT NULL AUTO_INCREMENT, 
    username VARCHAR(50) NOT NULL, 
    student_id INTEGER, 
    PRIMARY KEY (id), 
    CONSTRAINT fk_users_student_id_students FOREIGN KEY(student_id) REFERENCES students (id)
);

CREATE UNIQUE INDEX ix_users_username ON users (username);

UPDATE alembic_version SET version_num='72bc0e6d94f1' WHERE alembic_version.version_num = 'e5a9417b08cd';

