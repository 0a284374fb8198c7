CREATE TABLE users (
    id int NOT NULL AUTO_INCREMENT,
    email varchar(120) NOT NULL COMMENT 'it''s; "x" \\ done',
    name varchar(30) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'it''s' NOT NULL,
    age smallint unsigned CHECK (age > 0),
    tiny tinyint(1) DEFAULT 0,
    med mediumint, big bigint(20) unsigned zerofill,
    f float, f2 float(7, 3), d double, d2 double(9, 2),
    price decimal(10, 2) DEFAULT 1.50, whole decimal(5),
    created datetime DEFAULT current_timestamp(),
    precise datetime(6) DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
    stamp timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
    nullstamp timestamp NULL,
    born date, t time, t3 time(3), y year,
    c char(4), nc nchar(5), bin binary(3), vbin varbinary(30), bits bit(5),
    tt tinytext, tx text, mt mediumtext, lt longtext,
    tb tinyblob, bl blob, mb mediumblob, lb longblob,
    j json, u uuid, i4 inet4, i6 inet6,
    e enum('a', 'it''s', 'c,d') NOT NULL DEFAULT 'a', s set('x', 'y'),
    expr int DEFAULT (1 + 2), up varchar(36) DEFAULT uuid(),
    g int GENERATED ALWAYS AS (age * 2) STORED, v int AS (age + 1) VIRTUAL COMMENT 'virtual',
    PRIMARY KEY (id),
    UNIQUE KEY uq_users_email (email),
    KEY ix_name (name(10), age DESC),
    FULLTEXT KEY ix_full (lt),
    CONSTRAINT ck_price CHECK (price >= 0 and (price < 10 or name = '('))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='people; ''quoted''' ROW_FORMAT=DYNAMIC;
CREATE TABLE `Odd Name` (
    `Id` bigint PRIMARY KEY,
    `b c` int,
    user_id int,
    CONSTRAINT `fk odd` FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE SET NULL ON UPDATE CASCADE,
    UNIQUE KEY `uq odd` (`b c`, user_id)
);
CREATE TABLE pairs (a int, b int, c int, PRIMARY KEY (b, a), KEY ix_c (c) COMMENT 'why');
CREATE TABLE child (
    x int, y int,
    CONSTRAINT fk_child FOREIGN KEY (x, y) REFERENCES pairs (b, a) ON DELETE NO ACTION,
    CONSTRAINT fk_restrict FOREIGN KEY (y) REFERENCES users (id) ON DELETE RESTRICT
);
CREATE TABLE places (p point NOT NULL, SPATIAL KEY ix_p (p)) ENGINE=MyISAM;
CREATE TABLE parted (id int, at date) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE VIEW adults AS SELECT id, name FROM users WHERE age >= 18;
