//! The statements of a rebuild: a table under another name, the rows, the old table away, the name back, the indexes.

use limbeck_diag::Result;
use limbeck_schema::{Index, TableName};

use crate::compile::Emitter;
use crate::ddl::bound::BoundTable;
use crate::ddl::index::create_index;
use crate::ddl::table::drop_table;

/// A rebuild in Alembic's words.
pub(super) struct Rebuild<'a> {
    pub(super) table: &'a TableName,
    pub(super) temp: &'a TableName,
    /// Target column and source expression of what is copied. A failure comes where the rows would be copied.
    pub(super) copy: &'a Result<Vec<(String, String)>>,
}

impl Rebuild<'_> {
    pub(super) fn run(
        &self,
        new_table: &BoundTable,
        indexes: &Result<Vec<Index>>,
        emitter: &mut Emitter<'_, '_>,
    ) -> Result<()> {
        emitter.create_bound_table(new_table, false)?;
        let copy = match self.copy {
            Ok(copy) => copy,
            Err(error) => return Err(error.clone()),
        };
        let (columns, sources): (Vec<&str>, Vec<&str>) = copy
            .iter()
            .map(|(column, source)| (column.as_str(), source.as_str()))
            .unzip();
        let target = emitter.writer.target;
        emitter.emit(format!(
            "INSERT INTO {} ({}) SELECT {} \nFROM {}",
            target.format_table(self.temp),
            columns.join(", "),
            sources.join(", "),
            target.format_table(self.table),
        ));
        let sql = drop_table(&emitter.writer, self.table, false);
        emitter.emit(sql);
        let undo = drop_table(&emitter.writer, self.temp, false);
        for statement in emitter.out.iter_mut().rev().take(2) {
            statement.on_failure = Some(undo.clone());
        }
        emitter.rename_table(self.temp, &self.table.name);
        let indexes = match indexes {
            Ok(indexes) => indexes,
            Err(error) => return Err(error.clone()),
        };
        for index in indexes {
            let sql = create_index(&emitter.writer, self.table, index, false)?;
            emitter.emit(sql);
        }
        Ok(())
    }
}
