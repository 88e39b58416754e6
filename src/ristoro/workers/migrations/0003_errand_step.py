from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workers", "0002_errands"),
    ]

    operations = [
        migrations.AddField(
            model_name="errand",
            name="step_at",
            field=models.DateTimeField(null=True),
        ),
    ]
